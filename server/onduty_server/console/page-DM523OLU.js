import{a}from"./chunk-LC77MRNW.js";import{E as e,F as t,G as l,H as n,Ha as u,I as o,J as s,K as r,M as i,Ma as c,N as $,O as v,P as d,Q as m,U as p,b as f,ba as h,ca as b,d as g,da as w,ea as y,fa as k,ka as C,l as x,n as A,p as S,q as I,r as L,v as T,w as D,x as F,y as H}from"./chunk-ZZFARS3K.js";function O(){let a=p().start,t=H.value,l=1!==o.value.length||s.value?void 0:o.value[0],u=void 0!==l&&!t&&(A.value||!d.value);if(f(()=>{document.title=`${a.title} · onduty`,v()},[]),f(()=>{u&&L(S(l,"board"))},[u]),u)return null;let r=0===o.value.length&&!d.value;return x`<main class="alone">
<div class="card narrow">
<${y} />
<h1>${r?a.nothing:a.title}</h1>
${t&&x`<${k} kind="warn">${a.refused(`⁨${t}⁩`)}<//>`}
<p class="hint">${r?a.nothingHint(`⁨${n.value?.name}⁩`):a.hint}</p>
${o.value.length>0&&x`<${E} />`} ${d.value&&x`<${q} />`}
${m("account.write")&&x`<${j} />`}
${T.value&&x`<p class="who"><${C}>${n.value?.name??""}<//>
<button type="button" class="quiet" onClick=${e}>${p().nav.signOut}</button></p>`}
<${c} />
</div>
</main>`}function E(){let a=p().start,e=g(""),t=g(""),l=e.value.trim().toLowerCase(),n=o.value.filter(a=>a.toLowerCase().includes(l)).slice(0,100);return x`${o.value.length>8&&x`<div class="field">
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
${n.length>0&&x`<ul class="account-list">
${n.map(e=>x`<li key=${e}>
<a href=${S(e,"board")}><${C}>${e}<//></a>
${m("account.delete",e)&&x`<button
type="button"
class="icon-button"
aria-label=${a.erase(h(e))}
title=${a.erase(h(e))}
onClick=${()=>t.value=e}
>
<${w} name="cross" />
</button>`}
</li>`)}
</ul>`}
${t.value&&x`<${M} id=${t.value} onClose=${()=>t.value=""} />`}`}function M({id:e,onClose:t}){let l=p().erase;return x`<${a}
title=${l.account(b(e))}
id=${e}
parts=${[{title:l.goes,lines:l.goesOfAccount},{title:l.stays,lines:l.staysOfAccount}]}
erase=${()=>F.deleteAccount({accountId:e})}
onClose=${a=>{a&&$(e),t()}}
/>`}function j(){let a=p().start,e=g(""),l=g("");return x`<details class="creation">
<summary>${a.create}</summary>
<form onSubmit=${async n=>{n.preventDefault();let o=n.currentTarget,s=new FormData(o).get("new-account")?.toString().trim()??"",r=(new TextEncoder).encode(s).length;if(l.value="",e.value=0===r||r>128?a.tooLong:"",!e.value)try{await F.createAccount({accountId:s}),i(s),l.value=s,o.reset()}catch(a){t(a)||(e.value=u(a))}}} novalidate>
<div class="field ${e.value?"wrong":""}">
<label for="new-account">${a.newAccount}</label>
<div class="field-row">
<input id="new-account" name="new-account" autocomplete="off" maxlength="128" aria-invalid=${e.value?"true":null} />
<button type="submit">${a.createIt}</button>
</div>
${e.value&&x`<p class="problem" role="alert">${e.value}</p>`}
<p class="hint" role="status">
${l.value&&x`${a.created} <a href=${S(l.value,"board")}><${C}>${l.value}<//></a>`}
</p>
</div>
</form>
</details>`}function q(){let a=p().start,e=g(""),t=null!==n.value&&!n.value.authenticated;return x`<form class="token-form" onSubmit=${n=>{n.preventDefault();let u=new FormData(n.currentTarget),o=u.get("account")?.toString().trim()??"";t&&l(u.get("name")?.toString()??"");let s=(new TextEncoder).encode(o).length;0===s||s>128?e.value=a.tooLong:I(S(o,"board"))}} novalidate>
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
</form>`}export{O as Start};