import{a}from"./chunk-2GTW4N6C.js";import{$ as e,C as t,D as l,E as n,F as u,L as o,M as s,N as r,O as i,P as c,Q as $,R as v,Ra as d,T as m,U as p,V as h,W as f,X as b,Xa as g,b as w,c as y,h as C,ka as T,la as k,ma as x,na as A,oa as S,r as D,ta as L,u as H,w as I,x as O,y as E}from"./chunk-HCHKTJTM.js";function F(){let a=e().start,l=u.value,n=1!==c.value.length||$.value?void 0:c.value[0],[s]=w(void 0!==n&&!l&&(H.value||!f.value));if(y(()=>{document.title=`${a.title} · onduty`,h()},[]),y(()=>{s&&E(I(n,"board"))},[s]),s)return null;let r=0===c.value.length&&!f.value;return D`<main class="alone">
<div class="card narrow">
<${A} />
<h1>${r?a.nothing:a.title}</h1>
${l&&D`<${S} kind="warn">${a.refused(`⁨${l}⁩`)}<//>`}
<p class="hint">${r?a.nothingHint(`⁨${i.value?.name}⁩`):a.hint}</p>
${c.value.length>0&&D`<${M} />`} ${f.value&&D`<${R} />`}
${b("account.write")&&D`<${N} />`}
${t.value&&D`<p class="who"><${L}>${i.value?.name??""}<//>
<button type="button" class="quiet" onClick=${o}>${e().nav.signOut}</button></p>`}
<${g} />
</div>
</main>`}function M(){let a=e().start,t=C(""),l=C(""),n=t.value.trim().toLowerCase(),u=c.value.filter(a=>a.toLowerCase().includes(n)).slice(0,100);return D`${c.value.length>8&&D`<div class="field">
<input
type="search"
aria-label=${a.search}
placeholder=${a.search}
onInput=${a=>t.value=a.currentTarget.value}
/>
<p class="hint" role="status">
${a.shown(u.length,c.value.length)}${v.value&&` ${a.notAll}`}
</p>
</div>`}
${u.length>0&&D`<ul class="account-list">
${u.map(e=>D`<li key=${e}>
<a href=${I(e,"board")}><${L}>${e}<//></a>
${b("account.delete",e)&&D`<button
type="button"
class="icon-button"
aria-label=${a.erase(T(e))}
title=${a.erase(T(e))}
onClick=${()=>l.value=e}
>
<${x} name="cross" />
</button>`}
</li>`)}
</ul>`}
${l.value&&D`<${j} id=${l.value} onClose=${()=>l.value=""} />`}`}function j({id:t,onClose:l}){let u=e().erase;return D`<${a}
title=${u.account(k(t))}
id=${t}
parts=${[{title:u.goes,lines:u.goesOfAccount},{title:u.stays,lines:u.staysOfAccount}]}
erase=${()=>n.deleteAccount({accountId:t},{timeoutMs:3e5})}
onClose=${a=>{a&&p(t),l()}}
/>`}function N(){let a=e().start,t=C(""),l=C("");return D`<details class="creation">
<summary>${a.create}</summary>
<form onSubmit=${async e=>{e.preventDefault();let u=e.currentTarget,o=new FormData(u).get("new-account")?.toString().trim()??"",r=(new TextEncoder).encode(o).length;if(l.value="",t.value=0===r||r>128?a.tooLong:"",!t.value)try{await n.createAccount({accountId:o}),m(o),l.value=o,u.reset()}catch(a){s(a)||(t.value=d(a))}}} novalidate>
<div class="field ${t.value?"wrong":""}">
<label for="new-account">${a.newAccount}</label>
<div class="field-row">
<input id="new-account" name="new-account" autocomplete="off" maxlength="128" aria-invalid=${t.value?"true":null} />
<button type="submit">${a.createIt}</button>
</div>
${t.value&&D`<p class="problem" role="alert">${t.value}</p>`}
<p class="hint" role="status">
${c.value.includes(l.value)&&D`${a.created} <a href=${I(l.value,"board")}><${L}>${l.value}<//></a>`}
</p>
</div>
</form>
</details>`}function R(){let a=e().start,t=C(""),n=null!==i.value&&!i.value.authenticated;return D`<form class="token-form" onSubmit=${e=>{e.preventDefault();let l=new FormData(e.currentTarget),u=l.get("account")?.toString().trim()??"";n&&r(l.get("name")?.toString()??"");let o=(new TextEncoder).encode(u).length;0===o||o>128?t.value=a.tooLong:O(I(u,"board"))}} novalidate>
<div class="field ${t.value?"wrong":""}">
<label for="account">${a.account}</label>
<input id="account" name="account" autocomplete="off" maxlength="128" aria-invalid=${t.value?"true":null} />
${t.value&&D`<p class="problem" role="alert">${t.value}</p>`}
</div>
${n&&D`<div class="field">
<label for="own-name">${a.name}</label>
<input id="own-name" name="name" autocomplete="name" maxlength="128" value=${l.value} aria-describedby="name-hint" />
<p class="hint" id="name-hint">${a.nameHint}</p>
</div>`}
<button type="submit" class="primary wide">${a.open}</button>
</form>`}export{F as Start};