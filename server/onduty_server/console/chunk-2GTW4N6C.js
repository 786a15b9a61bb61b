import{$ as a,M as e,Ra as l,h as t,ka as s,la as i,oa as u,r as o,sa as n}from"./chunk-HCHKTJTM.js";function r({title:r,id:v,parts:$,erase:d,onClose:c}){let p=a().erase,m=t(""),f=t(""),b=t(!1),k=[v,s(v)].some(a=>a.trim()===m.value.trim());return o`<${n} title=${r} onClose=${()=>b.value||c(!1)} alert>
<form onSubmit=${async a=>{if(a.preventDefault(),k&&!b.value){b.value=!0,f.value="";try{await d(),c(!0)}catch(a){e(a)||(f.value=l(a))}b.value=!1}}} novalidate>
${$.map(a=>o`<div key=${a.title}>
<h3>${a.title}</h3>
<ul class="points">${a.lines.map(a=>o`<li key=${a}>${a}</li>`)}</ul>
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
value=${m.value}
onInput=${a=>m.value=a.currentTarget.value}
/>
</div>
${f.value&&o`<${u} kind="error">${f.value}<//>`}
<div class="dialog-actions">
<button type="button" disabled=${b.value} onClick=${()=>c(!1)}>${a().common.cancel}</button>
<button type="submit" class="danger" disabled=${!k||b.value}>${b.value?p.erasing:p.erase}</button>
</div>
</form>
<//>`}export{r as a};