import{b as e}from"./chunk-LOQVQVTV.js";import{a,b as t,c as l}from"./chunk-DZC5ROUD.js";import{g as s}from"./chunk-AQMI6X5W.js";import{a as r,b as n}from"./chunk-MM2AZFRE.js";import{$ as u,$a as o,E as i,F as m,Fa as c,Ga as $,Ia as v,M as f,Ra as d,Sa as p,Wa as h,Ya as g,Z as b,Za as w,_a as y,aa as k,ab as A,bb as C,c as I,cb as N,db as T,ea as M,fa as F,ga as O,h as S,ha as x,i as D,ia as E,la as L,n as j,o as R,oa as W,p as _,r as H}from"./chunk-HCHKTJTM.js";var{ONLINE:z,AWAY:B,OFFLINE:Z}=D,P=[[z,B],[z,Z],[B,Z]],Q=[[B,z],[Z,z]];function U({summary:e,name:a}){let t=u().whatIf,[l,s]=[_(e.firstActivityTime),_(e.lastActivityTime)];return H`<p>${L(a)}: ${t.read(Number(e.users),Number(e.activities))}</p>
${void 0!==l&&void 0!==s&&H`<p class="hint">${x(l)} – ${x(s)} (${E(s-l)}) · ${u().common.zone(F)}</p>`}`}function V({title:e,settings:a,summary:t,largest:l,children:s}){let r=u().whatIf,n=u().workflows.fields,o=t.timeInStatus.map(e=>({status:e.status,ms:_(e.duration)??0})),i=o.reduce((e,a)=>e+a.ms,0),[m,f]=[Number(t.activeSoonAfterAway),G(t,[[z,B]])],[d,p]=[Number(t.ignoredActivities),Number(t.activities)],h=(e,a,s="")=>{let r=G(t,a);return H`<${Y} label=${e} share=${r/l} kind=${s} value=${k(r)} />`},g=(e,a)=>H`
${h(H`<strong>${e}</strong>`,a)}
${a.map(([e,a])=>h(`${$(e)} → ${$(a)}`,[[e,a]],c(a)))}
`;return H`<section class="card" aria-label=${e}>
<h2>${e}</h2>
<p class="hint">
${["awayAfter","offlineAfter","resume"].map(e=>`${n[e]}: ${N(a,e)}`).join(" · ")}
</p>
<h3>${r.time}</h3>
<dl class="bars">
${o.map(({status:e,ms:a})=>H`<${Y}
key=${e}
label=${H`<${v} status=${e} />`}
share=${i?a/i:0}
kind=${c(e)}
value=${J(a,i)}
/>`)}
</dl>
${s}
<h3>${r.switches}</h3>
<dl class="bars">${g(r.demoted,P)} ${g(r.resumed,Q)}</dl>
${p>0&&H`<p>${r.ignored(d,p,J(d,p))}</p>`}
<${W} kind=${f&&m/f>.1?"warn":"info"}>
<p><strong>${r.soon(m,f,J(m,f))}</strong></p>
<//>
</section>`}function Y({label:e,share:a,value:t,kind:l=""}){return H`<div class="bar-row">
<dt>${e}</dt>
<dd>
<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="part ${l.toLowerCase()}" width=${100*a} height="16" />
</svg>
</dd>
<dd class="value">${t}</dd>
</div>`}function G(e,a){return e?.switches.filter(e=>a.some(([a,t])=>e.previousStatus===a&&e.status===t))?.reduce((e,a)=>e+Number(a.count),0)??0}function J(e,a,t=1){let l={style:"percent",minimumFractionDigits:t,maximumFractionDigits:t};return(a?e/a:0).toLocaleString(b.value,l)}var K=["offlineAfter","resume"],X=[D.ONLINE,D.AWAY,D.OFFLINE];function q({one:e,other:a}){let t=n().whatIf,l=K.some(t=>N(e.settings,t)!==N(a.settings,t)),s=({settings:e})=>e?.awayAfter?N(e,"awayAfter"):t.never,[r,u]=l?[t.these,t.those]:[s(e),s(a)],[o,i]=[e,a].map(({answer:e})=>Number(e.summary?.activeSoonAfterAway??0)),[m,c]=[e,a].map(({answer:e})=>function(e){return _(e?.timeInStatus.find(({status:e})=>e===D.ONLINE)?.duration)??0}(e.summary)),$=i?J(Math.abs(i-o),i,0):k(Math.abs(i-o));return H`<section class="card">
<p class="compared"><strong>${o===i?t.same(o):t.compared(r,u,$,i-o,o,i)}</strong></p>
${c>0&&m!==c&&H`<p>${t.comparedOnline(J(Math.abs(c-m),c),m<c)}</p>`}
<p class="hint">${t.falseAway}</p>
</section>`}function ee({summary:l,most:r}){let u=s(l.coverage),[o,i]=[_(l.firstActivityTime)??0,_(l.lastActivityTime)??0];if(u.length<2||o===i)return null;let m=e=>i-o>2*M?O("mark date",{day:"numeric",month:"short"}).format(e):O("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e),c=e(o,i),v=c.filter((e,a)=>a%Math.ceil(c.length/6)===0);return H`<h3>${n().whatIf.coverage}</h3>
<${t} />
<${a}
moments=${u}
start=${o}
end=${i}
until=${i}
most=${r}
marks=${v.map(e=>({at:e,label:m(e)}))}
label=${n().whatIf.coverage}
words=${({at:e,counts:a})=>n().at(x(e,Date.now(),!0),(a??[]).map((e,a)=>n().counted($(X[a]),e)).join(" · "))}
/>`}var ae=1048576,te=[",",";","\t","|"];function le(e=""){return/^\d{9,10}(\.\d+)?$/.test(e)?j.EPOCH_S:/^\d{12,13}$/.test(e)?j.EPOCH_MS:j.RFC3339}var se="activity_time",re="user_id",ne={enabled:!0,awayAfter:g,offlineAfter:w,disconnectAfter:null,disconnectStatus:3,resume:1,keepManualAway:!1},ue={...ne,awayAfter:{text:"5",unit:"min"}},oe=["inForce","other","none"];function ie(e){return{...y(e),enabled:!0,disconnectAfter:null,disconnectStatus:ne.disconnectStatus}}var me=h(async()=>(await r(),ce));function ce(){let e=u().whatIf,a=S(ne),t=S("inForce"),r=S(ue),c=S(null),$=S({time:"",user:"",format:j.RFC3339}),v=S(""),h=S(""),g=S([]),b=S(null),w=A(a.value),y="other"===t.value?A(r.value):{},N=!c.value?.columns.length||""!==$.value.time&&""!==$.value.user,M=null!==c.value&&N&&0===Object.keys({...w,...y}).length&&!v.value;I(()=>(i.getWorkflow({accountId:m.peek()}).then(({workflow:e})=>{let t=e&&ie(e);t&&(t.awayAfter||t.offlineAfter)&&a.peek()===ne&&(a.value=t)},f),()=>b.peek()?.abort()),[]);let F=e=>{a.value={...a.value,...e}},O=async a=>{if(c.value=null,h.value="",a){v.value="packing";try{let t=await async function(e){if(e.size>33554432)return null;let[a,t]=new Uint8Array(await e.slice(0,2).arrayBuffer()),l=31===a&&139===t,s=l?e:new Response(e.stream().pipeThrough(new CompressionStream("gzip"))),r=new Uint8Array(await s.arrayBuffer()),[n,u]=function(e){let[a="",t=""]=e.replace(/^\ufeff/,"").split(/\r?\n/,2),l=te.reduce((e,t)=>a.split(t).length>a.split(e).length?t:e),[s,r]=[a,t].map(e=>e.split(l).map(e=>e.trim().replace(/^"(.*)"$/,"$1")));return s.length>1&&!a.includes("\0")?[s,r]:[[],[]]}(await async function(e,a){let t=(a?e.stream().pipeThrough(new DecompressionStream("gzip")):e.stream()).getReader();try{return(new TextDecoder).decode((await t.read()).value)}catch{return""}finally{t.cancel().catch(()=>{})}}(e,l));return{name:e.name,bytes:r,columns:n,sample:u}}(a);if(t){let[e,a]=[se,re].map(e=>t.columns.includes(e)?e:"");$.value={time:e,user:a,format:le(t.sample[t.columns.indexOf(e)])},c.value=t}else h.value=e.tooLong}catch{h.value=e.unreadable}v.value=""}},x=e=>{e.preventDefault();let a=document.getElementById("log");"drop"!==e.type||v.value||!e.dataTransfer?.files.length||(a.files=e.dataTransfer.files,O(a.files[0]))},D=(e,a)=>{$.value={...$.value,[e]:a};let{columns:t=[],sample:l=[]}=c.value??{};"time"===e&&($.value.format=le(l[t.indexOf(a)]))},E=(e,a,t)=>{let{time:l,user:s,format:r}=$.value,n={log:e.bytes,timeColumn:l,userColumn:s,timeFormat:r},u=o("",a,"");return i.simulate({accountId:m.peek(),workflow:u,...n},{signal:t,timeoutMs:12e4})},[L,_]=g.value,z=Math.max(...g.value.map(({answer:e})=>function(e){return l(s(e?.coverage??[]))}(e.summary))),B=Math.max(...g.value.map(({answer:e})=>function(e){let a=[P,Q].map(a=>G(e,a));return Math.max(1,...a)}(e.summary)));return H`<h1>${e.title}</h1>
<p class="hint">${e.intro}</p>
<form class="card" onSubmit=${async l=>{if(l.preventDefault(),!M||!c.value)return;h.value="",g.value=[];let{signal:s}=b.value=new AbortController;v.value="computing";try{let l=a.value,u=await E(c.value,l,s);g.value=[{title:e.tried,settings:o("",l,""),answer:u}];let $=await(async e=>{if("none"===t.value)return null;if("other"===t.value)return{...r.value,resume:a.value.resume};let{workflow:l}=await i.getWorkflow({accountId:m.peek()},{signal:e}),s=ie(l);return s.awayAfter||s.offlineAfter?s:null})(s);if($&&!C($,l)){let a=await E(c.value,$,s),l="other"===t.value?n().whatIf.otherTitle:e.inForce;g.value=[...g.value,{title:l,settings:o("",$,""),answer:a}]}}catch(e){!p(e)&&!f(e)&&(h.value=function(e,a){let t=u().whatIf;return a.bytes.length>ae&&e instanceof R&&["unavailable","resource_exhausted"].includes(e.code)?t.large:e instanceof R&&"invalid_argument"===e.code?t.badLog(e.violations[0]?.description??e.message):d(e)}(e,c.value))}v.value=""}} novalidate>
<div class="drop" onDragOver=${x} onDrop=${x}>
<label for="log"><strong>${e.log}</strong></label>
<input
id="log"
type="file"
aria-describedby="log-hint"
disabled=${""!==v.value}
onChange=${e=>O(e.currentTarget.files[0])}
/>
<p class="hint" id="log-hint">${e.logHint}</p>
${c.value&&H`<p role="status">${e.packed(k(Math.ceil(c.value.bytes.length/1e3)))}</p>`}
${c.value&&c.value.bytes.length>ae&&H`<p class="problem">${e.large}</p>`}
</div>
${c.value&&c.value.columns.length>0&&H`<div class="tools">
<${$e} label=${e.timeColumn} value=${$.value.time} log=${c.value} onChange=${e=>D("time",e)} />
<${$e} label=${e.userColumn} value=${$.value.user} log=${c.value} onChange=${e=>D("user",e)} />
<label class="labelled"
>${e.format}
<select onChange=${e=>$.value={...$.value,format:Number(e.currentTarget.value)}}>
${Object.entries(e.formats).map(([e,a])=>H`<option value=${e} selected=${Number(e)===$.value.format}>${a}</option>`)}
</select></label
>
</div>
${!N&&H`<p class="problem" role="alert">${e.unmapped}</p>`}`}
<${T} draft=${a.value} faults=${w} onChange=${F} />
<label class="labelled"
>${u().workflows.resume}
<select onChange=${e=>F({resume:Number(e.currentTarget.value)})}>
${[1,3,2].map(e=>H`<option value=${e} selected=${e===a.value.resume}>${u().workflows.resumes[e]}</option>`)}
</select></label
>
<label class="labelled"
>${n().whatIf.against}
<select onChange=${e=>t.value=e.currentTarget.value}>
${oe.map(e=>H`<option value=${e} selected=${e===t.value}>${n().whatIf.againstChoices[e]}</option>`)}
</select></label
>
${"other"===t.value&&H`<fieldset>
<legend>${n().whatIf.others}</legend>
<${T}
draft=${r.value}
faults=${y}
onChange=${e=>r.value={...r.value,...e}}
/>
</fieldset>`}
<div class="form-footer">
<p class="hint" role="status">${v.value&&e.stages[v.value]}</p>
${"computing"===v.value&&H`<progress aria-label=${e.stages[v.value]}></progress>
<button type="button" onClick=${()=>b.value?.abort()}>${u().common.cancel}</button>`}
<button type="submit" class="primary" disabled=${!M}>${e.run}</button>
</div>
</form>
<div class="results">
${h.value&&H`<${W} kind="error">${h.value}<//>`}
${L?.answer.warnings.map(e=>H`<${W} kind="warn" key=${e}>${e}<//>`)}
${L?.answer.summary&&H`<${U} summary=${L.answer.summary} name=${c.value?.name??""} />
${_&&H`<${q} one=${L} other=${_} />`}
<div class="compare">
${g.value.map(({title:e,settings:a,answer:t})=>H`<${V} key=${e} title=${e} settings=${a} summary=${t.summary} largest=${B}>
${t.summary&&H`<${ee} summary=${t.summary} most=${z} />`}
<//>`)}
</div>
<p class="hint">${e.soonHint}</p>`}
</div>`}function $e({label:e,value:a,log:t,onChange:l}){return H`<label class="labelled"
>${e}
<select onChange=${e=>l(e.currentTarget.value)}>
<option value="" selected=${!a}>${u().whatIf.choose}</option>
${t.columns.map(e=>H`<option key=${e} value=${e} selected=${e===a}>${e}</option>`)}
</select></label
>`}export{me as WhatIfPage};