import{b as e}from"./chunk-OQRUIBXI.js";import{a,b as t,c as l}from"./chunk-WC2EP23J.js";import{g as s}from"./chunk-5NVHYXTJ.js";import{a as r,b as n}from"./chunk-2RIPJR2E.js";import{$ as u,$a as o,E as i,F as m,Fa as c,Ga as $,Ia as v,M as f,Ra as d,Sa as p,Wa as h,Ya as g,Z as b,Za as w,_a as y,aa as k,ab as A,bb as I,c as C,cb as N,db as T,ea as S,fa as F,ga as O,h as M,ha as x,i as E,ia as L,la as j,n as D,o as R,oa as W,p as _,r as B}from"./chunk-CKQJLUM6.js";var{ONLINE:H,AWAY:P,OFFLINE:z}=E,J=[[H,P],[H,z],[P,z]],U=[[P,H],[z,H]];function Y({summary:e,name:a}){let t=u().whatIf,[l,s]=[_(e.firstActivityTime),_(e.lastActivityTime)];return B`<p>${j(a)}: ${t.read(Number(e.users),Number(e.activities))}</p>
${void 0!==l&&void 0!==s&&B`<p class="hint">${x(l)} – ${x(s)} (${L(s-l)}) · ${u().common.zone(F)}</p>`}`}function Q({title:e,settings:a,summary:t,largest:l,children:s}){let r=u().whatIf,n=u().workflows.fields,o=t.timeInStatus.map(e=>({status:e.status,ms:_(e.duration)??0})),i=o.reduce((e,a)=>e+a.ms,0),[m,f]=[Number(t.activeSoonAfterAway),Z(t,[[H,P]])],[d,p]=[Number(t.ignoredActivities),Number(t.activities)],h=(e,a,s="")=>{let r=Z(t,a);return B`<${X} label=${e} share=${r/l} kind=${s} value=${k(r)} />`},g=(e,a)=>B`
${h(B`<strong>${e}</strong>`,a)}
${a.map(([e,a])=>h(`${$(e)} → ${$(a)}`,[[e,a]],c(a)))}
`;return B`<section class="card" aria-label=${e}>
<h2>${e}</h2>
<p class="hint">
${["awayAfter","offlineAfter","resume"].map(e=>`${n[e]}: ${N(a,e)}`).join(" · ")}
</p>
<h3>${r.time}</h3>
<dl class="bars">
${o.map(({status:e,ms:a})=>B`<${X}
key=${e}
label=${B`<${v} status=${e} />`}
share=${i?a/i:0}
kind=${c(e)}
value=${G(a,i)}
/>`)}
</dl>
${s}
<h3>${r.switches}</h3>
<dl class="bars">${g(r.demoted,J)} ${g(r.resumed,U)}</dl>
${p>0&&B`<p>${r.ignored(d,p,G(d,p))}</p>`}
<${W} kind=${f&&m/f>.1?"warn":"info"}>
<p><strong>${r.soon(m,f,G(m,f))}</strong></p>
<//>
</section>`}function X({label:e,share:a,value:t,kind:l=""}){return B`<div class="bar-row">
<dt>${e}</dt>
<dd>
<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="part ${l.toLowerCase()}" width=${100*a} height="16" />
</svg>
</dd>
<dd class="value">${t}</dd>
</div>`}function Z(e,a){return e?.switches.filter(e=>a.some(([a,t])=>e.previousStatus===a&&e.status===t))?.reduce((e,a)=>e+Number(a.count),0)??0}function G(e,a,t=1){let l={style:"percent",minimumFractionDigits:t,maximumFractionDigits:t};return(a?e/a:0).toLocaleString(b.value,l)}var K=["offlineAfter","resume"],V=[E.ONLINE,E.AWAY,E.OFFLINE];function q({one:e,other:a}){let t=n().whatIf,l=K.some(t=>N(e.settings,t)!==N(a.settings,t)),s=({settings:e})=>e?.awayAfter?N(e,"awayAfter"):t.never,[r,u]=l?[t.these,t.those]:[s(e),s(a)],[o,i]=[e,a].map(({answer:e})=>Number(e.summary?.activeSoonAfterAway??0)),[m,c]=[e,a].map(({answer:e})=>function(e){return _(e?.timeInStatus.find(({status:e})=>e===E.ONLINE)?.duration)??0}(e.summary)),$=i?G(Math.abs(i-o),i,0):k(Math.abs(i-o));return B`<section class="card">
<p class="compared"><strong>${o===i?t.same(o):t.compared(r,u,$,i-o,o,i)}</strong></p>
${c>0&&m!==c&&B`<p>${t.comparedOnline(G(Math.abs(c-m),c),m<c)}</p>`}
<p class="hint">${t.falseAway}</p>
</section>`}function ee({summary:l,most:r}){let u=s(l.coverage),[o,i]=[_(l.firstActivityTime)??0,_(l.lastActivityTime)??0];if(u.length<2||o===i)return null;let m=e=>i-o>2*S?O("mark date",{day:"numeric",month:"short"}).format(e):O("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e),c=e(o,i),v=c.filter((e,a)=>a%Math.ceil(c.length/6)===0);return B`<h3>${n().whatIf.coverage}</h3>
<${t} />
<${a}
moments=${u}
start=${o}
end=${i}
until=${i}
most=${r}
marks=${v.map(e=>({at:e,label:m(e)}))}
label=${n().whatIf.coverage}
words=${({at:e,counts:a})=>n().at(x(e,Date.now(),!0),(a??[]).map((e,a)=>n().counted($(V[a]),e)).join(" · "))}
/>`}var ae=1048576,te=[",",";","\t","|"];function le(e=""){return/^\d{9,10}(\.\d+)?$/.test(e)?D.EPOCH_S:/^\d{12,13}$/.test(e)?D.EPOCH_MS:D.RFC3339}var se="activity_time",re="user_id",ne={enabled:!0,awayAfter:g,offlineAfter:w,disconnectAfter:null,disconnectStatus:3,resume:1,keepManualAway:!1},ue={...ne,awayAfter:{text:"5",unit:"min"}},oe=["inForce","other","none"];function ie(e){return{...y(e),enabled:!0,disconnectAfter:null,disconnectStatus:ne.disconnectStatus}}var me=h(async()=>(await r(),ce));function ce(){let e=u().whatIf,a=M(ne),t=M("inForce"),r=M(ue),c=M(null),$=M({time:"",user:"",format:D.RFC3339}),v=M(""),h=M(""),g=M([]),b=M(null),w=A(a.value),y="other"===t.value?A(r.value):{},N=!c.value?.columns.length||""!==$.value.time&&""!==$.value.user,S=null!==c.value&&N&&0===Object.keys({...w,...y}).length&&!v.value;C(()=>(i.getWorkflow({accountId:m.peek()}).then(({workflow:e})=>{let t=e&&ie(e);t&&(t.awayAfter||t.offlineAfter)&&a.peek()===ne&&(a.value=t)},f),()=>b.peek()?.abort()),[]);let F=e=>{a.value={...a.value,...e}},O=async a=>{if(c.value=null,h.value="",a){v.value="packing";try{let t=await async function(e){if(e.size>33554432)return null;let[a,t]=new Uint8Array(await e.slice(0,2).arrayBuffer()),l=31===a&&139===t,s=l?e:new Response(e.stream().pipeThrough(new CompressionStream("gzip"))),r=new Uint8Array(await s.arrayBuffer()),[n,u]=function(e){let[a="",t=""]=e.replace(/^\ufeff/,"").split(/\r?\n/,2),l=te.reduce((e,t)=>a.split(t).length>a.split(e).length?t:e),[s,r]=[a,t].map(e=>e.split(l).map(e=>e.trim().replace(/^"(.*)"$/,"$1")));return s.length>1&&!a.includes("\0")?[s,r]:[[],[]]}(await async function(e,a){let t=(a?e.stream().pipeThrough(new DecompressionStream("gzip")):e.stream()).getReader();try{return(new TextDecoder).decode((await t.read()).value)}catch{return""}finally{t.cancel().catch(()=>{})}}(e,l));return{name:e.name,bytes:r,columns:n,sample:u}}(a);if(t){let[e,a]=[se,re].map(e=>t.columns.includes(e)?e:"");$.value={time:e,user:a,format:le(t.sample[t.columns.indexOf(e)])},c.value=t}else h.value=e.tooLong}catch{h.value=e.unreadable}v.value=""}},x=e=>{e.preventDefault();let a=document.getElementById("log");"drop"!==e.type||v.value||!e.dataTransfer?.files.length||(a.files=e.dataTransfer.files,O(a.files[0]))},E=(e,a)=>{$.value={...$.value,[e]:a};let{columns:t=[],sample:l=[]}=c.value??{};"time"===e&&($.value.format=le(l[t.indexOf(a)]))},L=(e,a,t)=>{let{time:l,user:s,format:r}=$.value,n={log:e.bytes,timeColumn:l,userColumn:s,timeFormat:r},u=o("",a,"");return i.simulate({accountId:m.peek(),workflow:u,...n},{signal:t,timeoutMs:12e4})},[j,_]=g.value,H=Math.max(...g.value.map(({answer:e})=>function(e){return l(s(e?.coverage??[]))}(e.summary))),P=Math.max(...g.value.map(({answer:e})=>function(e){let a=[J,U].map(a=>Z(e,a));return Math.max(1,...a)}(e.summary)));return B`<h1>${e.title}</h1>
<p class="hint">${e.intro}</p>
<form class="card" onSubmit=${async l=>{if(l.preventDefault(),!S||!c.value)return;h.value="",g.value=[];let{signal:s}=b.value=new AbortController;v.value="computing";try{let l=a.value,u=await L(c.value,l,s);g.value=[{title:e.tried,settings:o("",l,""),answer:u}];let $=await(async e=>{if("none"===t.value)return null;if("other"===t.value)return{...r.value,resume:a.value.resume};let{workflow:l}=await i.getWorkflow({accountId:m.peek()},{signal:e}),s=ie(l);return s.awayAfter||s.offlineAfter?s:null})(s);if($&&!I($,l)){let a=await L(c.value,$,s),l="other"===t.value?n().whatIf.otherTitle:e.inForce;g.value=[...g.value,{title:l,settings:o("",$,""),answer:a}]}}catch(e){!p(e)&&!f(e)&&(h.value=function(e,a){let t=u().whatIf;return a.bytes.length>ae&&e instanceof R&&["unavailable","resource_exhausted"].includes(e.code)?t.large:e instanceof R&&"invalid_argument"===e.code?t.badLog(e.violations[0]?.description??e.message):d(e)}(e,c.value))}v.value=""}} novalidate>
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
${c.value&&B`<p role="status">${e.packed(k(Math.ceil(c.value.bytes.length/1e3)))}</p>`}
${c.value&&c.value.bytes.length>ae&&B`<p class="problem">${e.large}</p>`}
</div>
${c.value&&c.value.columns.length>0&&B`<div class="tools">
<${$e} label=${e.timeColumn} value=${$.value.time} log=${c.value} onChange=${e=>E("time",e)} />
<${$e} label=${e.userColumn} value=${$.value.user} log=${c.value} onChange=${e=>E("user",e)} />
<label class="labelled"
>${e.format}
<select onChange=${e=>$.value={...$.value,format:Number(e.currentTarget.value)}}>
${Object.entries(e.formats).map(([e,a])=>B`<option value=${e} selected=${Number(e)===$.value.format}>${a}</option>`)}
</select></label
>
</div>
${!N&&B`<p class="problem" role="alert">${e.unmapped}</p>`}`}
<${T} draft=${a.value} faults=${w} onChange=${F} />
<label class="labelled"
>${u().workflows.resume}
<select onChange=${e=>F({resume:Number(e.currentTarget.value)})}>
${[1,3,2].map(e=>B`<option value=${e} selected=${e===a.value.resume}>${u().workflows.resumes[e]}</option>`)}
</select></label
>
<label class="labelled"
>${n().whatIf.against}
<select onChange=${e=>t.value=e.currentTarget.value}>
${oe.map(e=>B`<option value=${e} selected=${e===t.value}>${n().whatIf.againstChoices[e]}</option>`)}
</select></label
>
${"other"===t.value&&B`<fieldset>
<legend>${n().whatIf.others}</legend>
<${T}
draft=${r.value}
faults=${y}
onChange=${e=>r.value={...r.value,...e}}
/>
</fieldset>`}
<div class="form-footer">
<p class="hint" role="status">${v.value&&e.stages[v.value]}</p>
${"computing"===v.value&&B`<progress aria-label=${e.stages[v.value]}></progress>
<button type="button" onClick=${()=>b.value?.abort()}>${u().common.cancel}</button>`}
<button type="submit" class="primary" disabled=${!S}>${e.run}</button>
</div>
</form>
<div class="results">
${h.value&&B`<${W} kind="error">${h.value}<//>`}
${j?.answer.warnings.map(e=>B`<${W} kind="warn" key=${e}>${e}<//>`)}
${j?.answer.summary&&B`<${Y} summary=${j.answer.summary} name=${c.value?.name??""} />
${_&&B`<${q} one=${j} other=${_} />`}
<div class="compare">
${g.value.map(({title:e,settings:a,answer:t})=>B`<${Q} key=${e} title=${e} settings=${a} summary=${t.summary} largest=${P}>
${t.summary&&B`<${ee} summary=${t.summary} most=${H} />`}
<//>`)}
</div>
<p class="hint">${e.soonHint}</p>`}
</div>`}function $e({label:e,value:a,log:t,onChange:l}){return B`<label class="labelled"
>${e}
<select onChange=${e=>l(e.currentTarget.value)}>
<option value="" selected=${!a}>${u().whatIf.choose}</option>
${t.columns.map(e=>B`<option key=${e} value=${e} selected=${e===a}>${e}</option>`)}
</select></label
>`}export{me as WhatIfPage};