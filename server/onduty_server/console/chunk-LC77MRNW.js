import{F as a,Ha as e,U as l,ba as t,ca as i,d as s,fa as u,ja as o,l as n}from"./chunk-ZZFARS3K.js";function r({title:r,id:v,parts:d,erase:$,onClose:c}){let p=l().erase,f=s(""),m=s(""),b=s(!1),y=[v,t(v)].some(a=>a.trim()===f.value.trim());return n`<${o} title=${r} onClose=${()=>b.value||c(!1)} alert>
<form onSubmit=${async l=>{if(l.preventDefault(),y&&!b.value){b.value=!0,m.value="";try{await $(),c(!0)}catch(l){a(l)||(m.value=e(l))}b.value=!1}}} novalidate>
${d.map(a=>n`<div key=${a.title}>
<h3>${a.title}</h3>
<ul class="points">${a.lines.map(a=>n`<li key=${a}>${a}</li>`)}</ul>
</div>`)}
<div class="field">
<label for="erased-id">${p.type(i(v))}</label>
<input
id="erased-id"
autocomplete="off"
autocapitalize="off"
spellcheck=${!1}
autofocus
disabled=${b.value}
value=${f.value}
onInput=${a=>f.value=a.currentTarget.value}
/>
</div>
${m.value&&n`<${u} kind="error">${m.value}<//>`}
<div class="dialog-actions">
<button type="button" disabled=${b.value} onClick=${()=>c(!1)}>${l().common.cancel}</button>
<button type="submit" class="danger" disabled=${!y||b.value}>${b.value?p.erasing:p.erase}</button>
</div>
</form>
<//>`}export{r as a};