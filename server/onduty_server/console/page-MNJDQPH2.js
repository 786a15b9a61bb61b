import{a}from"./chunk-TX3DVHRS.js";import{E as e,F as t,G as l,H as n,Ha as u,I as o,J as s,K as r,M as i,Ma as c,N as $,O as v,P as d,Q as m,U as p,b as f,ba as h,ca as b,d as g,da as w,ea as y,fa as k,ka as x,l as C,n as H,p as S,q as A,r as D,v as T,w as I,x as L,y as O}from"./chunk-DHX72GBH.js";function E(){let a=p().start,t=O.value,l=1!==o.value.length||s.value?void 0:o.value[0],u=void 0!==l&&!t&&(H.value||!d.value);if(f(()=>{document.title=`${a.title} · onduty`,v()},[]),f(()=>{u&&D(S(l,"board"))},[u]),u)return null;let r=0===o.value.length&&!d.value;return C`<main class="alone">
<div class="card narrow">
<${y} />
<h1>${r?a.nothing:a.title}</h1>
${t&&C`<${k} kind="warn">${a.refused(`⁨${t}⁩`)}<//>`}
<p class="hint">${r?a.nothingHint(`⁨${n.value?.name}⁩`):a.hint}</p>
${o.value.length>0&&C`<${F} />`} ${d.value&&C`<${G} />`}
${m("account.write")&&C`<${q} />`}
${T.value&&C`<p class="who"><${x}>${n.value?.name??""}<//>
<button type="button" class="quiet" onClick=${e}>${p().nav.signOut}</button></p>`}
<${c} />
</div>
</main>`}function F(){let a=p().start,e=g(""),t=g(""),l=e.value.trim().toLowerCase(),n=o.value.filter(a=>a.toLowerCase().includes(l)).slice(0,100);return C`${o.value.length>8&&C`<div class="field">
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
${n.length>0&&C`<ul class="account-list">
${n.map(e=>C`<li key=${e}>
<a href=${S(e,"board")}><${x}>${e}<//></a>
${m("account.delete",e)&&C`<button
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
${t.value&&C`<${j} id=${t.value} onClose=${()=>t.value=""} />`}`}function j({id:e,onClose:t}){let l=p().erase;return C`<${a}
title=${l.account(b(e))}
id=${e}
parts=${[{title:l.goes,lines:l.goesOfAccount},{title:l.stays,lines:l.staysOfAccount}]}
erase=${()=>L.deleteAccount({accountId:e})}
onClose=${a=>{a&&$(e),t()}}
/>`}function q(){let a=p().start,e=g(""),l=g("");return C`<details class="creation">
<summary>${a.create}</summary>
<form onSubmit=${async n=>{n.preventDefault();let o=n.currentTarget,s=new FormData(o).get("new-account")?.toString().trim()??"",r=(new TextEncoder).encode(s).length;if(l.value="",e.value=0===r||r>128?a.tooLong:"",!e.value)try{await L.createAccount({accountId:s}),i(s),l.value=s,o.reset()}catch(a){t(a)||(e.value=u(a))}}} novalidate>
<div class="field ${e.value?"wrong":""}">
<label for="new-account">${a.newAccount}</label>
<div class="field-row">
<input id="new-account" name="new-account" autocomplete="off" maxlength="128" aria-invalid=${e.value?"true":null} />
<button type="submit">${a.createIt}</button>
</div>
${e.value&&C`<p class="problem" role="alert">${e.value}</p>`}
<p class="hint" role="status">
${l.value&&C`${a.created} <a href=${S(l.value,"board")}><${x}>${l.value}<//></a>`}
</p>
</div>
</form>
</details>`}function G(){let a=p().start,e=g(""),t=null!==n.value&&!n.value.authenticated;return C`<form class="token-form" onSubmit=${n=>{n.preventDefault();let u=new FormData(n.currentTarget),o=u.get("account")?.toString().trim()??"";t&&l(u.get("name")?.toString()??"");let s=(new TextEncoder).encode(o).length;0===s||s>128?e.value=a.tooLong:A(S(o,"board"))}} novalidate>
<div class="field ${e.value?"wrong":""}">
<label for="account">${a.account}</label>
<input id="account" name="account" autocomplete="off" maxlength="128" aria-invalid=${e.value?"true":null} />
${e.value&&C`<p class="problem" role="alert">${e.value}</p>`}
</div>
${t&&C`<div class="field">
<label for="own-name">${a.name}</label>
<input id="own-name" name="name" autocomplete="name" maxlength="128" value=${I.value} aria-describedby="name-hint" />
<p class="hint" id="name-hint">${a.nameHint}</p>
</div>`}
<button type="submit" class="primary wide">${a.open}</button>
</form>`}export{E as Start};