import{G as a,Ia as e,V as l,ca as t,da as i,e as s,ga as u,ka as o,m as n}from"./chunk-WIWLIJCN.js";function r({title:r,id:v,parts:d,erase:$,onClose:c}){let m=l().erase,p=s(""),f=s(""),b=s(!1),k=[v,t(v)].some(a=>a.trim()===p.value.trim());return n`<${o} title=${r} onClose=${()=>b.value||c(!1)} alert>
<form onSubmit=${async l=>{if(l.preventDefault(),k&&!b.value){b.value=!0,f.value="";try{await $(),c(!0)}catch(l){a(l)||(f.value=e(l))}b.value=!1}}} novalidate>
${d.map(a=>n`<div key=${a.title}>
<h3>${a.title}</h3>
<ul class="points">${a.lines.map(a=>n`<li key=${a}>${a}</li>`)}</ul>
</div>`)}
<div class="field">
<label for="erased-id">${m.type(i(v))}</label>
<input
id="erased-id"
autocomplete="off"
autocapitalize="off"
spellcheck=${!1}
autofocus
disabled=${b.value}
value=${p.value}
onInput=${a=>p.value=a.currentTarget.value}
/>
</div>
${f.value&&n`<${u} kind="error">${f.value}<//>`}
<div class="dialog-actions">
<button type="button" disabled=${b.value} onClick=${()=>c(!1)}>${l().common.cancel}</button>
<button type="submit" class="danger" disabled=${!k||b.value}>${b.value?m.erasing:m.erase}</button>
</div>
</form>
<//>`}export{r as a};