import{$ as e,$a as a,E as t,F as l,Fa as s,Ga as n,Ia as r,M as u,Ra as i,Sa as o,Ya as c,Z as m,Za as $,_a as v,aa as d,ab as p,bb as f,c as g,cb as h,db as b,fa as w,h as y,ha as k,i as A,ia as C,la as I,n as S,o as N,oa as O,p as T,r as F}from"./chunk-MA6OEORC.js";var x=1048576,D=[",",";","\t","|"];function M(e=""){return/^\d{9,10}(\.\d+)?$/.test(e)?S.EPOCH_S:/^\d{12,13}$/.test(e)?S.EPOCH_MS:S.RFC3339}var{ONLINE:E,AWAY:R,OFFLINE:_}=A,L=[[E,R],[E,_],[R,_]],j=[[R,E],[_,E]];function z({summary:a,name:t}){let l=e().whatIf,[s,n]=[T(a.firstActivityTime),T(a.lastActivityTime)];return F`<p>${I(t)}: ${l.read(Number(a.users),Number(a.activities))}</p>
${void 0!==s&&void 0!==n&&F`<p class="hint">${k(s)} – ${k(n)} (${C(n-s)}) · ${e().common.zone(w)}</p>`}`}function B({title:a,settings:t,summary:l,largest:u}){let i=e().whatIf,o=e().workflows.fields,c=l.timeInStatus.map(e=>({status:e.status,ms:T(e.duration)??0})),m=c.reduce((e,a)=>e+a.ms,0),[$,v]=[Number(l.activeSoonAfterAway),W(l,[[E,R]])],[p,f]=[Number(l.ignoredActivities),Number(l.activities)],g=(e,a,t="")=>{let s=W(l,a);return F`<${H} label=${e} share=${s/u} kind=${t} value=${d(s)} />`},b=(e,a)=>F`
${g(F`<strong>${e}</strong>`,a)}
${a.map(([e,a])=>g(`${n(e)} → ${n(a)}`,[[e,a]],s(a)))}
`;return F`<section class="card" aria-label=${a}>
<h2>${a}</h2>
<p class="hint">
${["awayAfter","offlineAfter","resume"].map(e=>`${o[e]}: ${h(t,e)}`).join(" · ")}
</p>
<h3>${i.time}</h3>
<dl class="bars">
${c.map(({status:e,ms:a})=>F`<${H}
key=${e}
label=${F`<${r} status=${e} />`}
share=${m?a/m:0}
kind=${s(e)}
value=${P(a,m)}
/>`)}
</dl>
<h3>${i.switches}</h3>
<dl class="bars">${b(i.demoted,L)} ${b(i.resumed,j)}</dl>
${f>0&&F`<p>${i.ignored(p,f,P(p,f))}</p>`}
<${O} kind=${v&&$/v>.1?"warn":"info"}>
<p><strong>${i.soon($,v,P($,v))}</strong></p>
<//>
</section>`}function H({label:e,share:a,value:t,kind:l=""}){return F`<div class="bar-row">
<dt>${e}</dt>
<dd>
<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="part ${l.toLowerCase()}" width=${100*a} height="16" />
</svg>
</dd>
<dd class="value">${t}</dd>
</div>`}function W(e,a){return e?.switches.filter(e=>a.some(([a,t])=>e.previousStatus===a&&e.status===t))?.reduce((e,a)=>e+Number(a.count),0)??0}function P(e,a){return(a?e/a:0).toLocaleString(m.value,{style:"percent",minimumFractionDigits:1,maximumFractionDigits:1})}var U="activity_time",Y="user_id",Z={enabled:!0,awayAfter:c,offlineAfter:$,disconnectAfter:null,disconnectStatus:3,resume:1,keepManualAway:!1};function G(e){return{...v(e),enabled:!0,disconnectAfter:null,disconnectStatus:Z.disconnectStatus}}function q(){let s=e().whatIf,n=y(Z),r=y(null),c=y({time:"",user:"",format:S.RFC3339}),m=y(""),$=y(""),v=y([]),h=y(null),w=p(n.value),k=!r.value?.columns.length||""!==c.value.time&&""!==c.value.user,A=null!==r.value&&k&&0===Object.keys(w).length&&!m.value;g(()=>(t.getWorkflow({accountId:l.peek()}).then(({workflow:e})=>{let a=e&&G(e);a&&(a.awayAfter||a.offlineAfter)&&n.peek()===Z&&(n.value=a)},u),()=>h.peek()?.abort()),[]);let C=e=>{n.value={...n.value,...e}},I=async e=>{if(r.value=null,$.value="",e){m.value="packing";try{let a=await async function(e){if(e.size>33554432)return null;let[a,t]=new Uint8Array(await e.slice(0,2).arrayBuffer()),l=31===a&&139===t,s=l?e:new Response(e.stream().pipeThrough(new CompressionStream("gzip"))),n=new Uint8Array(await s.arrayBuffer()),[r,u]=function(e){let[a="",t=""]=e.replace(/^\ufeff/,"").split(/\r?\n/,2),l=D.reduce((e,t)=>a.split(t).length>a.split(e).length?t:e),[s,n]=[a,t].map(e=>e.split(l).map(e=>e.trim().replace(/^"(.*)"$/,"$1")));return s.length>1&&!a.includes("\0")?[s,n]:[[],[]]}(await async function(e,a){let t=(a?e.stream().pipeThrough(new DecompressionStream("gzip")):e.stream()).getReader();try{return(new TextDecoder).decode((await t.read()).value)}catch{return""}finally{t.cancel().catch(()=>{})}}(e,l));return{name:e.name,bytes:n,columns:r,sample:u}}(e);if(a){let[e,t]=[U,Y].map(e=>a.columns.includes(e)?e:"");c.value={time:e,user:t,format:M(a.sample[a.columns.indexOf(e)])},r.value=a}else $.value=s.tooLong}catch{$.value=s.unreadable}m.value=""}},T=e=>{e.preventDefault();let a=document.getElementById("log");"drop"!==e.type||m.value||!e.dataTransfer?.files.length||(a.files=e.dataTransfer.files,I(a.files[0]))},E=(e,a)=>{c.value={...c.value,[e]:a};let{columns:t=[],sample:l=[]}=r.value??{};"time"===e&&(c.value.format=M(l[t.indexOf(a)]))},R=(e,s,n)=>{let{time:r,user:u,format:i}=c.value,o={log:e.bytes,timeColumn:r,userColumn:u,timeFormat:i},m=a("",s,"");return t.simulate({accountId:l.peek(),workflow:m,...o},{signal:n,timeoutMs:12e4})},[_]=v.value,H=Math.max(...v.value.map(({answer:e})=>function(e){let a=[L,j].map(a=>W(e,a));return Math.max(1,...a)}(e.summary)));return F`<h1>${s.title}</h1>
<p class="hint">${s.intro}</p>
<form class="card" onSubmit=${async c=>{if(c.preventDefault(),!A||!r.value)return;$.value="",v.value=[];let{signal:d}=h.value=new AbortController;m.value="computing";try{let e=n.value,u=await R(r.value,e,d);v.value=[{title:s.tried,settings:a("",e,""),answer:u}];let{workflow:i}=await t.getWorkflow({accountId:l.peek()},{signal:d}),o=G(i);if((o.awayAfter||o.offlineAfter)&&!f(o,e)){let e=await R(r.value,o,d);v.value=[...v.value,{title:s.inForce,settings:i,answer:e}]}}catch(a){!o(a)&&!u(a)&&($.value=function(a,t){let l=e().whatIf;return t.bytes.length>x&&a instanceof N&&["unavailable","resource_exhausted"].includes(a.code)?l.large:a instanceof N&&"invalid_argument"===a.code?l.badLog(a.violations[0]?.description??a.message):i(a)}(a,r.value))}m.value=""}} novalidate>
<div class="drop" onDragOver=${T} onDrop=${T}>
<label for="log"><strong>${s.log}</strong></label>
<input
id="log"
type="file"
aria-describedby="log-hint"
disabled=${""!==m.value}
onChange=${e=>I(e.currentTarget.files[0])}
/>
<p class="hint" id="log-hint">${s.logHint}</p>
${r.value&&F`<p role="status">${s.packed(d(Math.ceil(r.value.bytes.length/1e3)))}</p>`}
${r.value&&r.value.bytes.length>x&&F`<p class="problem">${s.large}</p>`}
</div>
${r.value&&r.value.columns.length>0&&F`<div class="tools">
<${J} label=${s.timeColumn} value=${c.value.time} log=${r.value} onChange=${e=>E("time",e)} />
<${J} label=${s.userColumn} value=${c.value.user} log=${r.value} onChange=${e=>E("user",e)} />
<label class="labelled"
>${s.format}
<select onChange=${e=>c.value={...c.value,format:Number(e.currentTarget.value)}}>
${Object.entries(s.formats).map(([e,a])=>F`<option value=${e} selected=${Number(e)===c.value.format}>${a}</option>`)}
</select></label
>
</div>
${!k&&F`<p class="problem" role="alert">${s.unmapped}</p>`}`}
<${b} draft=${n.value} faults=${w} onChange=${C} />
<label class="labelled"
>${e().workflows.resume}
<select onChange=${e=>C({resume:Number(e.currentTarget.value)})}>
${[1,3,2].map(a=>F`<option value=${a} selected=${a===n.value.resume}>${e().workflows.resumes[a]}</option>`)}
</select></label
>
<div class="form-footer">
<p class="hint" role="status">${m.value&&s.stages[m.value]}</p>
${"computing"===m.value&&F`<progress aria-label=${s.stages[m.value]}></progress>
<button type="button" onClick=${()=>h.value?.abort()}>${e().common.cancel}</button>`}
<button type="submit" class="primary" disabled=${!A}>${s.run}</button>
</div>
</form>
<div class="results">
${$.value&&F`<${O} kind="error">${$.value}<//>`}
${_?.answer.warnings.map(e=>F`<${O} kind="warn" key=${e}>${e}<//>`)}
${_?.answer.summary&&F`<${z} summary=${_.answer.summary} name=${r.value?.name??""} />
<div class="compare">
${v.value.map(({title:e,settings:a,answer:t})=>F`<${B} key=${e} title=${e} settings=${a} summary=${t.summary} largest=${H} />`)}
</div>
<p class="hint">${s.soonHint}</p>`}
</div>`}function J({label:a,value:t,log:l,onChange:s}){return F`<label class="labelled"
>${a}
<select onChange=${e=>s(e.currentTarget.value)}>
<option value="" selected=${!t}>${e().whatIf.choose}</option>
${l.columns.map(e=>F`<option key=${e} value=${e} selected=${e===t}>${e}</option>`)}
</select></label
>`}export{q as WhatIfPage};