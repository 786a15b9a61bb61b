import{a}from"./chunk-QTPTV3LC.js";import{F as e,G as t,H as l,I as n,Ia as u,J as o,K as s,L as r,N as i,Na as c,O as $,P as v,Q as d,R as m,V as p,b as f,c as h,ca as b,da as g,e as w,ea as y,fa as C,ga as k,la as x,m as T,o as A,q as I,r as L,s as S,w as D,x as O,y as F,z as H}from"./chunk-5LXVYUZX.js";function V(){let a=p().start,t=H.value,l=1!==o.value.length||s.value?void 0:o.value[0],[u]=f(void 0!==l&&!t&&(A.value||!d.value));if(h(()=>{document.title=`${a.title} · onduty`,v()},[]),h(()=>{u&&S(I(l,"board"))},[u]),u)return null;let r=0===o.value.length&&!d.value;return T`<main class="alone">
<div class="card narrow">
<${C} />
<h1>${r?a.nothing:a.title}</h1>
${t&&T`<${k} kind="warn">${a.refused(`⁨${t}⁩`)}<//>`}
<p class="hint">${r?a.nothingHint(`⁨${n.value?.name}⁩`):a.hint}</p>
${o.value.length>0&&T`<${j} />`} ${d.value&&T`<${P} />`}
${m("account.write")&&T`<${E} />`}
${D.value&&T`<p class="who"><${x}>${n.value?.name??""}<//>
<button type="button" class="quiet" onClick=${e}>${p().nav.signOut}</button></p>`}
<${c} />
</div>
</main>`}function j(){let a=p().start,e=w(""),t=w(""),l=e.value.trim().toLowerCase(),n=o.value.filter(a=>a.toLowerCase().includes(l)).slice(0,100);return T`${o.value.length>8&&T`<div class="field">
<input
type="search"
aria-label=${a.search}
placeholder=${a.search}
onInput=${a=>e.value=a.currentTarget.value}
/>
<p class="hint" role="status">
${a.shown(n.length,o.value.length)}${r.value&&` ${a.notAll}`}
</p>
</div>`}
${n.length>0&&T`<ul class="account-list">
${n.map(e=>T`<li key=${e}>
<a href=${I(e,"board")}><${x}>${e}<//></a>
${m("account.delete",e)&&T`<button
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
${t.value&&T`<${q} id=${t.value} onClose=${()=>t.value=""} />`}`}function q({id:e,onClose:t}){let l=p().erase;return T`<${a}
title=${l.account(g(e))}
id=${e}
parts=${[{title:l.goes,lines:l.goesOfAccount},{title:l.stays,lines:l.staysOfAccount}]}
erase=${()=>F.deleteAccount({accountId:e})}
onClose=${a=>{a&&$(e),t()}}
/>`}function E(){let a=p().start,e=w(""),l=w("");return T`<details class="creation">
<summary>${a.create}</summary>
<form onSubmit=${async n=>{n.preventDefault();let o=n.currentTarget,s=new FormData(o).get("new-account")?.toString().trim()??"",r=(new TextEncoder).encode(s).length;if(l.value="",e.value=0===r||r>128?a.tooLong:"",!e.value)try{await F.createAccount({accountId:s}),i(s),l.value=s,o.reset()}catch(a){t(a)||(e.value=u(a))}}} novalidate>
<div class="field ${e.value?"wrong":""}">
<label for="new-account">${a.newAccount}</label>
<div class="field-row">
<input id="new-account" name="new-account" autocomplete="off" maxlength="128" aria-invalid=${e.value?"true":null} />
<button type="submit">${a.createIt}</button>
</div>
${e.value&&T`<p class="problem" role="alert">${e.value}</p>`}
<p class="hint" role="status">
${o.value.includes(l.value)&&T`${a.created} <a href=${I(l.value,"board")}><${x}>${l.value}<//></a>`}
</p>
</div>
</form>
</details>`}function P(){let a=p().start,e=w(""),t=null!==n.value&&!n.value.authenticated;return T`<form class="token-form" onSubmit=${n=>{n.preventDefault();let u=new FormData(n.currentTarget),o=u.get("account")?.toString().trim()??"";t&&l(u.get("name")?.toString()??"");let s=(new TextEncoder).encode(o).length;0===s||s>128?e.value=a.tooLong:L(I(o,"board"))}} novalidate>
<div class="field ${e.value?"wrong":""}">
<label for="account">${a.account}</label>
<input id="account" name="account" autocomplete="off" maxlength="128" aria-invalid=${e.value?"true":null} />
${e.value&&T`<p class="problem" role="alert">${e.value}</p>`}
</div>
${t&&T`<div class="field">
<label for="own-name">${a.name}</label>
<input id="own-name" name="name" autocomplete="name" maxlength="128" value=${O.value} aria-describedby="name-hint" />
<p class="hint" id="name-hint">${a.nameHint}</p>
</div>`}
<button type="submit" class="primary wide">${a.open}</button>
</form>`}export{V as Start};