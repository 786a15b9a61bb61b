import{$ as e,Ca as a,Da as t,F as l,Ha as s,Ia as n,Ja as r,Ka as u,La as i,Ma as o,Na as c,Oa as m,P as $,R as v,S as d,V as p,X as f,Y as g,b as h,ca as b,d as w,e as y,h as k,i as A,j as C,l as I,sa as N,ta as S,ua as O,x as T,y as x}from"./chunk-RPKXKQOU.js";var D=1048576,F=[",",";","\t","|"];function L(e=""){return/^\d{9,10}(\.\d+)?$/.test(e)?k.EPOCH_S:/^\d{12,13}$/.test(e)?k.EPOCH_MS:k.RFC3339}var{ONLINE:M,AWAY:R,OFFLINE:_}=y,j=[[M,R],[M,_],[R,_]],E=[[R,M],[_,M]];function H({summary:a,name:t}){let l=v().whatIf,[s,n]=[C(a.firstActivityTime),C(a.lastActivityTime)];return I`<p>${e(t)}: ${l.read(Number(a.users),Number(a.activities))}</p>
${void 0!==s&&void 0!==n&&I`<p class="hint">${f(s)} – ${f(n)} (${g(n-s)}) · ${v().common.zone(p)}</p>`}`}function P({title:e,settings:a,summary:t,largest:l}){let s=v().whatIf,n=v().workflows.fields,r=t.timeInStatus.map(e=>({status:e.status,ms:C(e.duration)??0})),u=r.reduce((e,a)=>e+a.ms,0),[i,o]=[Number(t.activeSoonAfterAway),B(t,[[M,R]])],[m,$]=[Number(t.ignoredActivities),Number(t.activities)],p=(e,a,s="")=>{let n=B(t,a);return I`<${z} label=${e} share=${n/l} kind=${s} value=${d(n)} />`},f=(e,a)=>I`
${p(I`<strong>${e}</strong>`,a)}
${a.map(([e,a])=>p(`${S(e)} → ${S(a)}`,[[e,a]],N(a)))}
`;return I`<section class="card" aria-label=${e}>
<h2>${e}</h2>
<p class="hint">
${["awayAfter","offlineAfter","resume"].map(e=>`${n[e]}: ${c(a,e)}`).join(" · ")}
</p>
<h3>${s.time}</h3>
<dl class="bars">
${r.map(({status:e,ms:a})=>I`<${z}
key=${e}
label=${I`<${O} status=${e} />`}
share=${u?a/u:0}
kind=${N(e)}
value=${W(a,u)}
/>`)}
</dl>
<h3>${s.switches}</h3>
<dl class="bars">${f(s.demoted,j)} ${f(s.resumed,E)}</dl>
${$>0&&I`<p>${s.ignored(m,$,W(m,$))}</p>`}
<${b} kind=${o&&i/o>.1?"warn":"info"}>
<p><strong>${s.soon(i,o,W(i,o))}</strong></p>
<//>
</section>`}function z({label:e,share:a,value:t,kind:l=""}){return I`<div class="bar-row">
<dt>${e}</dt>
<dd>
<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="part ${l.toLowerCase()}" width=${100*a} height="16" />
</svg>
</dd>
<dd class="value">${t}</dd>
</div>`}function B(e,a){return e?.switches.filter(e=>a.some(([a,t])=>e.previousStatus===a&&e.status===t))?.reduce((e,a)=>e+Number(a.count),0)??0}function W(e,a){return(a?e/a:0).toLocaleString($.value,{style:"percent",minimumFractionDigits:1,maximumFractionDigits:1})}var K="activity_time",U="user_id",X={enabled:!0,awayAfter:s,offlineAfter:n,disconnectAfter:null,disconnectStatus:3,resume:1,keepManualAway:!1};function Y(e){return{...r(e),enabled:!0,disconnectAfter:null,disconnectStatus:X.disconnectStatus}}function J(){let e=v().whatIf,s=w(X),n=w(null),r=w({time:"",user:"",format:k.RFC3339}),c=w(""),$=w(""),p=w([]),f=w(null),g=i(s.value),y=!n.value?.columns.length||""!==r.value.time&&""!==r.value.user,C=null!==n.value&&y&&0===Object.keys(g).length&&!c.value;h(()=>(T.getWorkflow({accountId:x.peek()}).then(({workflow:e})=>{let a=e&&Y(e);a&&(a.awayAfter||a.offlineAfter)&&s.peek()===X&&(s.value=a)},l),()=>f.peek()?.abort()),[]);let N=e=>{s.value={...s.value,...e}},S=async a=>{if(n.value=null,$.value="",a){c.value="packing";try{let t=await async function(e){if(e.size>33554432)return null;let[a,t]=new Uint8Array(await e.slice(0,2).arrayBuffer()),l=31===a&&139===t,s=l?e:new Response(e.stream().pipeThrough(new CompressionStream("gzip"))),n=new Uint8Array(await s.arrayBuffer()),[r,u]=function(e){let[a="",t=""]=e.replace(/^\ufeff/,"").split(/\r?\n/,2),l=F.reduce((e,t)=>a.split(t).length>a.split(e).length?t:e),[s,n]=[a,t].map(e=>e.split(l).map(e=>e.trim().replace(/^"(.*)"$/,"$1")));return s.length>1&&!a.includes("\0")?[s,n]:[[],[]]}(await async function(e,a){let t=(a?e.stream().pipeThrough(new DecompressionStream("gzip")):e.stream()).getReader();try{return(new TextDecoder).decode((await t.read()).value)}catch{return""}finally{t.cancel().catch(()=>{})}}(e,l));return{name:e.name,bytes:n,columns:r,sample:u}}(a);if(t){let[e,a]=[K,U].map(e=>t.columns.includes(e)?e:"");r.value={time:e,user:a,format:L(t.sample[t.columns.indexOf(e)])},n.value=t}else $.value=e.tooLong}catch{$.value=e.unreadable}c.value=""}},O=e=>{e.preventDefault();let a=document.getElementById("log");"drop"!==e.type||c.value||!e.dataTransfer?.files.length||(a.files=e.dataTransfer.files,S(a.files[0]))},M=(e,a)=>{r.value={...r.value,[e]:a};let{columns:t=[],sample:l=[]}=n.value??{};"time"===e&&(r.value.format=L(l[t.indexOf(a)]))},R=(e,a,t)=>{let{time:l,user:s,format:n}=r.value,i={log:e.bytes,timeColumn:l,userColumn:s,timeFormat:n},o=u("",a,"");return T.simulate({accountId:x.peek(),workflow:o,...i},{signal:t,timeoutMs:12e4})},[_]=p.value,z=Math.max(...p.value.map(({answer:e})=>function(e){let a=[j,E].map(a=>B(e,a));return Math.max(1,...a)}(e.summary)));return I`<h1>${e.title}</h1>
<p class="hint">${e.intro}</p>
<form class="card" onSubmit=${async r=>{if(r.preventDefault(),!C||!n.value)return;$.value="",p.value=[];let{signal:i}=f.value=new AbortController;c.value="computing";try{let a=s.value,t=await R(n.value,a,i);p.value=[{title:e.tried,settings:u("",a,""),answer:t}];let{workflow:l}=await T.getWorkflow({accountId:x.peek()},{signal:i}),r=Y(l);if((r.awayAfter||r.offlineAfter)&&!o(r,a)){let a=await R(n.value,r,i);p.value=[...p.value,{title:e.inForce,settings:l,answer:a}]}}catch(e){!t(e)&&!l(e)&&($.value=function(e,t){let l=v().whatIf;return t.bytes.length>D&&e instanceof A&&["unavailable","resource_exhausted"].includes(e.code)?l.large:e instanceof A&&"invalid_argument"===e.code?l.badLog(e.violations[0]?.description??e.message):a(e)}(e,n.value))}c.value=""}} novalidate>
<div class="drop" onDragOver=${O} onDrop=${O}>
<label for="log"><strong>${e.log}</strong></label>
<input
id="log"
type="file"
aria-describedby="log-hint"
disabled=${""!==c.value}
onChange=${e=>S(e.currentTarget.files[0])}
/>
<p class="hint" id="log-hint">${e.logHint}</p>
${n.value&&I`<p role="status">${e.packed(d(Math.ceil(n.value.bytes.length/1e3)))}</p>`}
${n.value&&n.value.bytes.length>D&&I`<p class="problem">${e.large}</p>`}
</div>
${n.value&&n.value.columns.length>0&&I`<div class="tools">
<${Q} label=${e.timeColumn} value=${r.value.time} log=${n.value} onChange=${e=>M("time",e)} />
<${Q} label=${e.userColumn} value=${r.value.user} log=${n.value} onChange=${e=>M("user",e)} />
<label class="labelled"
>${e.format}
<select onChange=${e=>r.value={...r.value,format:Number(e.currentTarget.value)}}>
${Object.entries(e.formats).map(([e,a])=>I`<option value=${e} selected=${Number(e)===r.value.format}>${a}</option>`)}
</select></label
>
</div>
${!y&&I`<p class="problem" role="alert">${e.unmapped}</p>`}`}
<${m} draft=${s.value} faults=${g} onChange=${N} />
<label class="labelled"
>${v().workflows.resume}
<select onChange=${e=>N({resume:Number(e.currentTarget.value)})}>
${[1,3,2].map(e=>I`<option value=${e} selected=${e===s.value.resume}>${v().workflows.resumes[e]}</option>`)}
</select></label
>
<div class="form-footer">
<p class="hint" role="status">${c.value&&e.stages[c.value]}</p>
${"computing"===c.value&&I`<progress aria-label=${e.stages[c.value]}></progress>
<button type="button" onClick=${()=>f.value?.abort()}>${v().common.cancel}</button>`}
<button type="submit" class="primary" disabled=${!C}>${e.run}</button>
</div>
</form>
<div class="results">
${$.value&&I`<${b} kind="error">${$.value}<//>`}
${_?.answer.warnings.map(e=>I`<${b} kind="warn" key=${e}>${e}<//>`)}
${_?.answer.summary&&I`<${H} summary=${_.answer.summary} name=${n.value?.name??""} />
<div class="compare">
${p.value.map(({title:e,settings:a,answer:t})=>I`<${P} key=${e} title=${e} settings=${a} summary=${t.summary} largest=${z} />`)}
</div>
<p class="hint">${e.soonHint}</p>`}
</div>`}function Q({label:e,value:a,log:t,onChange:l}){return I`<label class="labelled"
>${e}
<select onChange=${e=>l(e.currentTarget.value)}>
<option value="" selected=${!a}>${v().whatIf.choose}</option>
${t.columns.map(e=>I`<option key=${e} value=${e} selected=${e===a}>${e}</option>`)}
</select></label
>`}export{J as WhatIfPage};