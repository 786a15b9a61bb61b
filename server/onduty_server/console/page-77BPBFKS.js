import{a}from"./chunk-PEX6FZ2F.js";import{F as e,G as t,H as l,I as n,Ia as u,J as s,K as o,L as r,N as i,Na as c,O as $,P as v,Q as d,R as m,V as p,b as f,c as h,ca as b,da as g,e as w,ea as y,fa as C,ga as I,la as k,m as x,o as A,q as L,r as S,s as F,w as T,x as D,y as O,z as E}from"./chunk-WIWLIJCN.js";function H(){let a=p().start,t=E.value,l=1!==s.value.length||o.value?void 0:s.value[0],[u]=f(void 0!==l&&!t&&(A.value||!d.value));if(h(()=>{document.title=`${a.title} · onduty`,v()},[]),h(()=>{u&&F(L(l,"board"))},[u]),u)return null;let r=0===s.value.length&&!d.value;return x`<main class="alone">
<div class="card narrow">
<${C} />
<h1>${r?a.nothing:a.title}</h1>
${t&&x`<${I} kind="warn">${a.refused(`⁨${t}⁩`)}<//>`}
<p class="hint">${r?a.nothingHint(`⁨${n.value?.name}⁩`):a.hint}</p>
${s.value.length>0&&x`<${N} />`} ${d.value&&x`<${J} />`}
${m("account.write")&&x`<${q} />`}
${T.value&&x`<p class="who"><${k}>${n.value?.name??""}<//>
<button type="button" class="quiet" onClick=${e}>${p().nav.signOut}</button></p>`}
<${c} />
</div>
</main>`}function N(){let a=p().start,e=w(""),t=w(""),l=e.value.trim().toLowerCase(),n=s.value.filter(a=>a.toLowerCase().includes(l)).slice(0,100);return x`${s.value.length>8&&x`<div class="field">
<input
type="search"
aria-label=${a.search}
placeholder=${a.search}
onInput=${a=>e.value=a.currentTarget.value}
/>
<p class="hint" role="status">
${a.shown(n.length,s.value.length)}${r.value&&` ${a.notAll}`}
</p>
</div>`}
${n.length>0&&x`<ul class="account-list">
${n.map(e=>x`<li key=${e}>
<a href=${L(e,"board")}><${k}>${e}<//></a>
${m("account.delete",e)&&x`<button
type="button"
class="icon-button"
aria-label=${a.erase(b(e))}
title=${a.erase(b(e))}
onClick=${()=>t.value=e}
>
<${y} name="cross" />
</button>`}
</li>`)}
</ul>`}
${t.value&&x`<${j} id=${t.value} onClose=${()=>t.value=""} />`}`}function j({id:e,onClose:t}){let l=p().erase;return x`<${a}
title=${l.account(g(e))}
id=${e}
parts=${[{title:l.goes,lines:l.goesOfAccount},{title:l.stays,lines:l.staysOfAccount}]}
erase=${()=>O.deleteAccount({accountId:e},{timeoutMs:3e5})}
onClose=${a=>{a&&$(e),t()}}
/>`}function q(){let a=p().start,e=w(""),l=w("");return x`<details class="creation">
<summary>${a.create}</summary>
<form onSubmit=${async n=>{n.preventDefault();let s=n.currentTarget,o=new FormData(s).get("new-account")?.toString().trim()??"",r=(new TextEncoder).encode(o).length;if(l.value="",e.value=0===r||r>128?a.tooLong:"",!e.value)try{await O.createAccount({accountId:o}),i(o),l.value=o,s.reset()}catch(a){t(a)||(e.value=u(a))}}} novalidate>
<div class="field ${e.value?"wrong":""}">
<label for="new-account">${a.newAccount}</label>
<div class="field-row">
<input id="new-account" name="new-account" autocomplete="off" maxlength="128" aria-invalid=${e.value?"true":null} />
<button type="submit">${a.createIt}</button>
</div>
${e.value&&x`<p class="problem" role="alert">${e.value}</p>`}
<p class="hint" role="status">
${s.value.includes(l.value)&&x`${a.created} <a href=${L(l.value,"board")}><${k}>${l.value}<//></a>`}
</p>
</div>
</form>
</details>`}function J(){let a=p().start,e=w(""),t=null!==n.value&&!n.value.authenticated;return x`<form class="token-form" onSubmit=${n=>{n.preventDefault();let u=new FormData(n.currentTarget),s=u.get("account")?.toString().trim()??"";t&&l(u.get("name")?.toString()??"");let o=(new TextEncoder).encode(s).length;0===o||o>128?e.value=a.tooLong:S(L(s,"board"))}} novalidate>
<div class="field ${e.value?"wrong":""}">
<label for="account">${a.account}</label>
<input id="account" name="account" autocomplete="off" maxlength="128" aria-invalid=${e.value?"true":null} />
${e.value&&x`<p class="problem" role="alert">${e.value}</p>`}
</div>
${t&&x`<div class="field">
<label for="own-name">${a.name}</label>
<input id="own-name" name="name" autocomplete="name" maxlength="128" value=${D.value} aria-describedby="name-hint" />
<p class="hint" id="name-hint">${a.nameHint}</p>
</div>`}
<button type="submit" class="primary wide">${a.open}</button>
</form>`}export{H as Start};