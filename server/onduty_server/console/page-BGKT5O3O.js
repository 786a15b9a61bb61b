import{$ as e,G as a,Ia as t,Ja as l,Oa as s,Pa as n,Qa as r,Ra as u,Sa as i,T as o,Ta as c,Ua as m,V as $,Va as v,W as d,Z as p,aa as f,c as g,da as h,e as b,f as w,ga as y,i as k,j as A,k as C,m as I,xa as N,y as S,ya as T,z as x,za as O}from"./chunk-WIWLIJCN.js";var D=1048576,F=[",",";","\t","|"];function L(e=""){return/^\d{9,10}(\.\d+)?$/.test(e)?k.EPOCH_S:/^\d{12,13}$/.test(e)?k.EPOCH_MS:k.RFC3339}var{ONLINE:W,AWAY:z,OFFLINE:M}=w,R=[[W,z],[W,M],[z,M]],_=[[z,W],[M,W]];function j({summary:a,name:t}){let l=$().whatIf,[s,n]=[C(a.firstActivityTime),C(a.lastActivityTime)];return I`<p>${h(t)}: ${l.read(Number(a.users),Number(a.activities))}</p>
${void 0!==s&&void 0!==n&&I`<p class="hint">${e(s)} – ${e(n)} (${f(n-s)}) · ${$().common.zone(p)}</p>`}`}function E({title:e,settings:a,summary:t,largest:l}){let s=$().whatIf,n=$().workflows.fields,r=t.timeInStatus.map(e=>({status:e.status,ms:C(e.duration)??0})),u=r.reduce((e,a)=>e+a.ms,0),[i,o]=[Number(t.activeSoonAfterAway),H(t,[[W,z]])],[c,v]=[Number(t.ignoredActivities),Number(t.activities)],p=(e,a,s="")=>{let n=H(t,a);return I`<${B} label=${e} share=${n/l} kind=${s} value=${d(n)} />`},f=(e,a)=>I`
${p(I`<strong>${e}</strong>`,a)}
${a.map(([e,a])=>p(`${T(e)} → ${T(a)}`,[[e,a]],N(a)))}
`;return I`<section class="card" aria-label=${e}>
<h2>${e}</h2>
<p class="hint">
${["awayAfter","offlineAfter","resume"].map(e=>`${n[e]}: ${m(a,e)}`).join(" · ")}
</p>
<h3>${s.time}</h3>
<dl class="bars">
${r.map(({status:e,ms:a})=>I`<${B}
key=${e}
label=${I`<${O} status=${e} />`}
share=${u?a/u:0}
kind=${N(e)}
value=${P(a,u)}
/>`)}
</dl>
<h3>${s.switches}</h3>
<dl class="bars">${f(s.demoted,R)} ${f(s.resumed,_)}</dl>
${v>0&&I`<p>${s.ignored(c,v,P(c,v))}</p>`}
<${y} kind=${o&&i/o>.1?"warn":"info"}>
<p><strong>${s.soon(i,o,P(i,o))}</strong></p>
<//>
</section>`}function B({label:e,share:a,value:t,kind:l=""}){return I`<div class="bar-row">
<dt>${e}</dt>
<dd>
<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="part ${l.toLowerCase()}" width=${100*a} height="16" />
</svg>
</dd>
<dd class="value">${t}</dd>
</div>`}function H(e,a){return e?.switches.filter(e=>a.some(([a,t])=>e.previousStatus===a&&e.status===t))?.reduce((e,a)=>e+Number(a.count),0)??0}function P(e,a){return(a?e/a:0).toLocaleString(o.value,{style:"percent",minimumFractionDigits:1,maximumFractionDigits:1})}var U="activity_time",J="user_id",V={enabled:!0,awayAfter:s,offlineAfter:n,disconnectAfter:null,disconnectStatus:3,resume:1,keepManualAway:!1};function G(e){return{...r(e),enabled:!0,disconnectAfter:null,disconnectStatus:V.disconnectStatus}}function Q(){let e=$().whatIf,s=b(V),n=b(null),r=b({time:"",user:"",format:k.RFC3339}),o=b(""),m=b(""),p=b([]),f=b(null),h=i(s.value),w=!n.value?.columns.length||""!==r.value.time&&""!==r.value.user,C=null!==n.value&&w&&0===Object.keys(h).length&&!o.value;g(()=>(S.getWorkflow({accountId:x.peek()}).then(({workflow:e})=>{let a=e&&G(e);a&&(a.awayAfter||a.offlineAfter)&&s.peek()===V&&(s.value=a)},a),()=>f.peek()?.abort()),[]);let N=e=>{s.value={...s.value,...e}},T=async a=>{if(n.value=null,m.value="",a){o.value="packing";try{let t=await async function(e){if(e.size>33554432)return null;let[a,t]=new Uint8Array(await e.slice(0,2).arrayBuffer()),l=31===a&&139===t,s=l?e:new Response(e.stream().pipeThrough(new CompressionStream("gzip"))),n=new Uint8Array(await s.arrayBuffer()),[r,u]=function(e){let[a="",t=""]=e.replace(/^\ufeff/,"").split(/\r?\n/,2),l=F.reduce((e,t)=>a.split(t).length>a.split(e).length?t:e),[s,n]=[a,t].map(e=>e.split(l).map(e=>e.trim().replace(/^"(.*)"$/,"$1")));return s.length>1&&!a.includes("\0")?[s,n]:[[],[]]}(await async function(e,a){let t=(a?e.stream().pipeThrough(new DecompressionStream("gzip")):e.stream()).getReader();try{return(new TextDecoder).decode((await t.read()).value)}catch{return""}finally{t.cancel().catch(()=>{})}}(e,l));return{name:e.name,bytes:n,columns:r,sample:u}}(a);if(t){let[e,a]=[U,J].map(e=>t.columns.includes(e)?e:"");r.value={time:e,user:a,format:L(t.sample[t.columns.indexOf(e)])},n.value=t}else m.value=e.tooLong}catch{m.value=e.unreadable}o.value=""}},O=e=>{e.preventDefault();let a=document.getElementById("log");"drop"!==e.type||o.value||!e.dataTransfer?.files.length||(a.files=e.dataTransfer.files,T(a.files[0]))},W=(e,a)=>{r.value={...r.value,[e]:a};let{columns:t=[],sample:l=[]}=n.value??{};"time"===e&&(r.value.format=L(l[t.indexOf(a)]))},z=(e,a,t)=>{let{time:l,user:s,format:n}=r.value,i={log:e.bytes,timeColumn:l,userColumn:s,timeFormat:n},o=u("",a,"");return S.simulate({accountId:x.peek(),workflow:o,...i},{signal:t,timeoutMs:12e4})},[M]=p.value,B=Math.max(...p.value.map(({answer:e})=>function(e){let a=[R,_].map(a=>H(e,a));return Math.max(1,...a)}(e.summary)));return I`<h1>${e.title}</h1>
<p class="hint">${e.intro}</p>
<form class="card" onSubmit=${async r=>{if(r.preventDefault(),!C||!n.value)return;m.value="",p.value=[];let{signal:i}=f.value=new AbortController;o.value="computing";try{let a=s.value,t=await z(n.value,a,i);p.value=[{title:e.tried,settings:u("",a,""),answer:t}];let{workflow:l}=await S.getWorkflow({accountId:x.peek()},{signal:i}),r=G(l);if((r.awayAfter||r.offlineAfter)&&!c(r,a)){let a=await z(n.value,r,i);p.value=[...p.value,{title:e.inForce,settings:l,answer:a}]}}catch(e){!l(e)&&!a(e)&&(m.value=function(e,a){let l=$().whatIf;return a.bytes.length>D&&e instanceof A&&["unavailable","resource_exhausted"].includes(e.code)?l.large:e instanceof A&&"invalid_argument"===e.code?l.badLog(e.violations[0]?.description??e.message):t(e)}(e,n.value))}o.value=""}} novalidate>
<div class="drop" onDragOver=${O} onDrop=${O}>
<label for="log"><strong>${e.log}</strong></label>
<input
id="log"
type="file"
aria-describedby="log-hint"
disabled=${""!==o.value}
onChange=${e=>T(e.currentTarget.files[0])}
/>
<p class="hint" id="log-hint">${e.logHint}</p>
${n.value&&I`<p role="status">${e.packed(d(Math.ceil(n.value.bytes.length/1e3)))}</p>`}
${n.value&&n.value.bytes.length>D&&I`<p class="problem">${e.large}</p>`}
</div>
${n.value&&n.value.columns.length>0&&I`<div class="tools">
<${Y} label=${e.timeColumn} value=${r.value.time} log=${n.value} onChange=${e=>W("time",e)} />
<${Y} label=${e.userColumn} value=${r.value.user} log=${n.value} onChange=${e=>W("user",e)} />
<label class="labelled"
>${e.format}
<select onChange=${e=>r.value={...r.value,format:Number(e.currentTarget.value)}}>
${Object.entries(e.formats).map(([e,a])=>I`<option value=${e} selected=${Number(e)===r.value.format}>${a}</option>`)}
</select></label
>
</div>
${!w&&I`<p class="problem" role="alert">${e.unmapped}</p>`}`}
<${v} draft=${s.value} faults=${h} onChange=${N} />
<label class="labelled"
>${$().workflows.resume}
<select onChange=${e=>N({resume:Number(e.currentTarget.value)})}>
${[1,3,2].map(e=>I`<option value=${e} selected=${e===s.value.resume}>${$().workflows.resumes[e]}</option>`)}
</select></label
>
<div class="form-footer">
<p class="hint" role="status">${o.value&&e.stages[o.value]}</p>
${"computing"===o.value&&I`<progress aria-label=${e.stages[o.value]}></progress>
<button type="button" onClick=${()=>f.value?.abort()}>${$().common.cancel}</button>`}
<button type="submit" class="primary" disabled=${!C}>${e.run}</button>
</div>
</form>
<div class="results">
${m.value&&I`<${y} kind="error">${m.value}<//>`}
${M?.answer.warnings.map(e=>I`<${y} kind="warn" key=${e}>${e}<//>`)}
${M?.answer.summary&&I`<${j} summary=${M.answer.summary} name=${n.value?.name??""} />
<div class="compare">
${p.value.map(({title:e,settings:a,answer:t})=>I`<${E} key=${e} title=${e} settings=${a} summary=${t.summary} largest=${B} />`)}
</div>
<p class="hint">${e.soonHint}</p>`}
</div>`}function Y({label:e,value:a,log:t,onChange:l}){return I`<label class="labelled"
>${e}
<select onChange=${e=>l(e.currentTarget.value)}>
<option value="" selected=${!a}>${$().whatIf.choose}</option>
${t.columns.map(e=>I`<option key=${e} value=${e} selected=${e===a}>${e}</option>`)}
</select></label
>`}export{Q as WhatIfPage};