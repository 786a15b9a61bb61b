import{E as a,G as e,Ga as t,H as l,I as n,J as u,K as s,M as o,N as i,R as r,b as c,ba as v,ca as $,d,ga as m,l as h,n as p,p as g,q as b,r as f,v as w,w as y,y as k}from"./chunk-RPKXKQOU.js";function x(){let e=r().start,s=k.value,d=1!==n.value.length||u.value?void 0:n.value[0],b=void 0!==d&&!s&&(p.value||!i.value);if(c(()=>{document.title=`${e.title} · onduty`,o()},[]),c(()=>{b&&f(g(d,"board"))},[b]),b)return null;let y=0===n.value.length&&!i.value;return h`<main class="alone">
<div class="card narrow">
<${v} />
<h1>${y?e.nothing:e.title}</h1>
${s&&h`<${$} kind="warn">${e.refused(`⁨${s}⁩`)}<//>`}
<p class="hint">${y?e.nothingHint(`⁨${l.value?.name}⁩`):e.hint}</p>
${n.value.length>0&&h`<${S} />`} ${i.value&&h`<${C} />`}
${w.value&&h`<p class="who"><${m}>${l.value?.name??""}<//>
<button type="button" class="quiet" onClick=${a}>${r().nav.signOut}</button></p>`}
<${t} />
</div>
</main>`}function S(){let a=r().start,e=d(""),t=e.value.trim().toLowerCase(),l=n.value.filter(a=>a.toLowerCase().includes(t)).slice(0,100);return h`${n.value.length>8&&h`<div class="field">
<input
type="search"
aria-label=${a.search}
placeholder=${a.search}
onInput=${a=>e.value=a.currentTarget.value}
/>
<p class="hint" role="status">
${a.shown(l.length,n.value.length)}${s.value&&` ${a.notAll}`}
</p>
</div>`}
${l.length>0&&h`<ul class="account-list">
${l.map(a=>h`<li key=${a}><a href=${g(a,"board")}><${m}>${a}<//></a></li>`)}
</ul>`}`}function C(){let a=r().start,t=d(""),n=null!==l.value&&!l.value.authenticated;return h`<form class="token-form" onSubmit=${l=>{l.preventDefault();let u=new FormData(l.currentTarget),s=u.get("account")?.toString().trim()??"";n&&e(u.get("name")?.toString()??"");let o=(new TextEncoder).encode(s).length;0===o||o>128?t.value=a.tooLong:b(g(s,"board"))}} novalidate>
<div class="field ${t.value?"wrong":""}">
<label for="account">${a.account}</label>
<input id="account" name="account" autocomplete="off" maxlength="128" aria-invalid=${t.value?"true":null} />
${t.value&&h`<p class="problem" role="alert">${t.value}</p>`}
</div>
${n&&h`<div class="field">
<label for="own-name">${a.name}</label>
<input id="own-name" name="name" autocomplete="name" maxlength="128" value=${y.value} aria-describedby="name-hint" />
<p class="hint" id="name-hint">${a.nameHint}</p>
</div>`}
<button type="submit" class="primary wide">${a.open}</button>
</form>`}export{x as Start};