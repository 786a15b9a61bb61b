import{a,b as e}from"./chunk-MM2AZFRE.js";import{E as t,F as l,M as n,Ra as u,Sa as o,Wa as i,Y as s,c as v,h as c,o as r,oa as d,qa as m,r as p}from"./chunk-HCHKTJTM.js";var $=i(async()=>(await a(),f));function f(){let a=e().timeZone,i=c(null),$=c(""),f=c(""),h=c(""),b=s("workflow.write");v(()=>{let a=new AbortController;return t.getAccount({accountId:l.peek()},{signal:a.signal}).then(a=>{i.value=a.account?.timeZone??"",$.value=i.value},a=>{!o(a)&&!n(a)&&(f.value=u(a))}),()=>a.abort()},[]);let g=null!==i.value&&b?Intl.supportedValuesOf("timeZone"):[];return p`<form class="card account-zone" onSubmit=${async e=>{e.preventDefault();let o=$.value.trim();if(b&&"saving"!==h.value&&o!==i.value){h.value="saving",f.value="";try{let a={account:{accountId:l.peek(),timeZone:o},updateMask:{paths:["time_zone"]}};i.value=(await t.updateAccount(a)).account?.timeZone??"",$.value=i.value,h.value="saved"}catch(e){h.value="",n(e)||(f.value=e instanceof r&&"invalid_argument"===e.code?a.unknown:u(e))}}}} novalidate>
<h2>${a.title}</h2>
${null===i.value?!f.value&&p`<${m} />`:p`<div class="field ${f.value?"wrong":""}">
<label for="time-zone">${a.label}</label>
<input
id="time-zone"
list="time-zones"
maxlength="64"
autocomplete="off"
autocapitalize="off"
spellcheck=${!1}
aria-describedby="time-zone-hint"
disabled=${!b||"saving"===h.value}
value=${$.value}
onInput=${a=>{$.value=a.currentTarget.value,f.value=h.value=""}}
/>
<datalist id="time-zones">${g.map(a=>p`<option key=${a} value=${a}></option>`)}</datalist>
<p class="hint" id="time-zone-hint">${a.hint} ${a.later}</p>
</div>
${b&&p`<div class="form-footer">
<p class="hint ${h.value}" role="status">${"saved"===h.value?a.saved:""}</p>
<button type="submit" disabled=${"saving"===h.value||$.value.trim()===i.value}>${a.save}</button>
</div>`}`}
${f.value&&p`<${d} kind="error">${f.value}<//>`}
</form>`}export{$ as AccountZone};