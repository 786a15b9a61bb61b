import{b as e}from"./chunk-2YVWEEPG.js";import{g as a,j as t,k as l,l as s}from"./chunk-YNOJLIXD.js";import{a as r,b as n}from"./chunk-KEMEA5DV.js";import{$ as u,$a as o,E as i,F as c,Fa as m,Ga as $,Ia as v,M as d,Ra as f,Sa as p,Wa as h,Ya as g,Z as w,Za as b,_a as y,aa as k,ab as A,bb as I,c as C,cb as N,db as F,ea as S,fa as T,ga as O,h as E,ha as M,i as x,ia as D,la as L,n as j,o as W,oa as _,p as R,r as Y}from"./chunk-772QFQIG.js";var{ONLINE:z,AWAY:B,OFFLINE:H}=x,P=[[z,B],[z,H],[B,H]],G=[[B,z],[H,z]];function Q({summary:e,name:a}){let t=u().whatIf,[l,s]=[R(e.firstActivityTime),R(e.lastActivityTime)];return Y`<p>${L(a)}: ${t.read(Number(e.users),Number(e.activities))}</p>
${void 0!==l&&void 0!==s&&Y`<p class="hint">${M(l)} – ${M(s)} (${D(s-l)}) · ${u().common.zone(T)}</p>`}`}function U({title:e,settings:a,summary:t,largest:l,children:s}){let r=u().whatIf,n=u().workflows.fields,o=t.timeInStatus.map(e=>({status:e.status,ms:R(e.duration)??0})),i=o.reduce((e,a)=>e+a.ms,0),[c,d]=[Number(t.activeSoonAfterAway),Z(t,[[z,B]])],[f,p]=[Number(t.ignoredActivities),Number(t.activities)],h=(e,a,s="")=>{let r=Z(t,a);return Y`<${V} label=${e} share=${r/l} kind=${s} value=${k(r)} />`},g=(e,a)=>Y`
${h(Y`<strong>${e}</strong>`,a)}
${a.map(([e,a])=>h(`${$(e)} → ${$(a)}`,[[e,a]],m(a)))}
`;return Y`<section class="card" aria-label=${e}>
<h2>${e}</h2>
<p class="hint">
${["awayAfter","offlineAfter","resume"].map(e=>`${n[e]}: ${N(a,e)}`).join(" · ")}
</p>
<h3>${r.time}</h3>
<dl class="bars">
${o.map(({status:e,ms:a})=>Y`<${V}
key=${e}
label=${Y`<${v} status=${e} />`}
share=${i?a/i:0}
kind=${m(e)}
value=${J(a,i)}
/>`)}
</dl>
${s}
<h3>${r.switches}</h3>
<dl class="bars">${g(r.demoted,P)} ${g(r.resumed,G)}</dl>
${p>0&&Y`<p>${r.ignored(f,p,J(f,p))}</p>`}
<${_} kind=${d&&c/d>.1?"warn":"info"}>
<p><strong>${r.soon(c,d,J(c,d))}</strong></p>
<//>
</section>`}function V({label:e,share:a,value:t,kind:l=""}){return Y`<div class="bar-row">
<dt>${e}</dt>
<dd>
<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="part ${l.toLowerCase()}" width=${100*a} height="16" />
</svg>
</dd>
<dd class="value">${t}</dd>
</div>`}function Z(e,a){return e?.switches.filter(e=>a.some(([a,t])=>e.previousStatus===a&&e.status===t))?.reduce((e,a)=>e+Number(a.count),0)??0}function J(e,a,t=1){let l={style:"percent",minimumFractionDigits:t,maximumFractionDigits:t};return(a?e/a:0).toLocaleString(w.value,l)}var K=[x.ONLINE,x.AWAY,x.OFFLINE];function X({one:e,other:a}){let t=n().whatIf,[l,s]=[e,a].map(({settings:e})=>e?.awayAfter?N(e,"awayAfter"):t.never),[r,u]=[e,a].map(({answer:e})=>Number(e.summary?.activeSoonAfterAway??0)),[o,i]=[e,a].map(({answer:e})=>function(e){return R(e?.timeInStatus.find(({status:e})=>e===x.ONLINE)?.duration)??0}(e.summary)),c=u?J(Math.abs(u-r),u,0):k(Math.abs(u-r));return Y`<section class="card">
<p class="compared"><strong>${r===u?t.same(r):t.compared(l,s,c,u-r,r,u)}</strong></p>
${i>0&&o!==i&&Y`<p>${t.comparedOnline(J(Math.abs(i-o),i),o<i)}</p>`}
<p class="hint">${t.falseAway}</p>
</section>`}function q({summary:s,most:r}){let u=a(s.coverage),[o,i]=[R(s.firstActivityTime)??0,R(s.lastActivityTime)??0];if(u.length<2||o===i)return null;let c=e=>i-o>2*S?O("mark day",{weekday:"short",day:"numeric"}).format(e):O("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e);return Y`<h3>${n().whatIf.coverage}</h3>
<${l} />
<${t}
moments=${u}
start=${o}
end=${i}
until=${i}
most=${r}
marks=${e(o,i).map(e=>({at:e,label:c(e)}))}
label=${n().whatIf.coverage}
words=${({at:e,counts:a})=>n().at(M(e,Date.now(),!0),(a??[]).map((e,a)=>n().counted($(K[a]),e)).join(" · "))}
/>`}var ee=1048576,ae=[",",";","\t","|"];function te(e=""){return/^\d{9,10}(\.\d+)?$/.test(e)?j.EPOCH_S:/^\d{12,13}$/.test(e)?j.EPOCH_MS:j.RFC3339}var le="activity_time",se="user_id",re={enabled:!0,awayAfter:g,offlineAfter:b,disconnectAfter:null,disconnectStatus:3,resume:1,keepManualAway:!1},ne={...re,awayAfter:{text:"5",unit:"min"}},ue=["inForce","other","none"];function oe(e){return{...y(e),enabled:!0,disconnectAfter:null,disconnectStatus:re.disconnectStatus}}var ie=h(async()=>(await r(),ce));function ce(){let e=u().whatIf,t=E(re),l=E("inForce"),r=E(ne),m=E(null),$=E({time:"",user:"",format:j.RFC3339}),v=E(""),h=E(""),g=E([]),w=E(null),b=A(t.value),y="other"===l.value?A(r.value):{},N=!m.value?.columns.length||""!==$.value.time&&""!==$.value.user,S=null!==m.value&&N&&0===Object.keys({...b,...y}).length&&!v.value;C(()=>(i.getWorkflow({accountId:c.peek()}).then(({workflow:e})=>{let a=e&&oe(e);a&&(a.awayAfter||a.offlineAfter)&&t.peek()===re&&(t.value=a)},d),()=>w.peek()?.abort()),[]);let T=e=>{t.value={...t.value,...e}},O=async a=>{if(m.value=null,h.value="",a){v.value="packing";try{let t=await async function(e){if(e.size>33554432)return null;let[a,t]=new Uint8Array(await e.slice(0,2).arrayBuffer()),l=31===a&&139===t,s=l?e:new Response(e.stream().pipeThrough(new CompressionStream("gzip"))),r=new Uint8Array(await s.arrayBuffer()),[n,u]=function(e){let[a="",t=""]=e.replace(/^\ufeff/,"").split(/\r?\n/,2),l=ae.reduce((e,t)=>a.split(t).length>a.split(e).length?t:e),[s,r]=[a,t].map(e=>e.split(l).map(e=>e.trim().replace(/^"(.*)"$/,"$1")));return s.length>1&&!a.includes("\0")?[s,r]:[[],[]]}(await async function(e,a){let t=(a?e.stream().pipeThrough(new DecompressionStream("gzip")):e.stream()).getReader();try{return(new TextDecoder).decode((await t.read()).value)}catch{return""}finally{t.cancel().catch(()=>{})}}(e,l));return{name:e.name,bytes:r,columns:n,sample:u}}(a);if(t){let[e,a]=[le,se].map(e=>t.columns.includes(e)?e:"");$.value={time:e,user:a,format:te(t.sample[t.columns.indexOf(e)])},m.value=t}else h.value=e.tooLong}catch{h.value=e.unreadable}v.value=""}},M=e=>{e.preventDefault();let a=document.getElementById("log");"drop"!==e.type||v.value||!e.dataTransfer?.files.length||(a.files=e.dataTransfer.files,O(a.files[0]))},x=(e,a)=>{$.value={...$.value,[e]:a};let{columns:t=[],sample:l=[]}=m.value??{};"time"===e&&($.value.format=te(l[t.indexOf(a)]))},D=(e,a,t)=>{let{time:l,user:s,format:r}=$.value,n={log:e.bytes,timeColumn:l,userColumn:s,timeFormat:r},u=o("",a,"");return i.simulate({accountId:c.peek(),workflow:u,...n},{signal:t,timeoutMs:12e4})},[L,R]=g.value,z=Math.max(...g.value.map(({answer:e})=>function(e){return s(a(e?.coverage??[]))}(e.summary))),B=Math.max(...g.value.map(({answer:e})=>function(e){let a=[P,G].map(a=>Z(e,a));return Math.max(1,...a)}(e.summary)));return Y`<h1>${e.title}</h1>
<p class="hint">${e.intro}</p>
<form class="card" onSubmit=${async a=>{if(a.preventDefault(),!S||!m.value)return;h.value="",g.value=[];let{signal:s}=w.value=new AbortController;v.value="computing";try{let a=t.value,u=await D(m.value,a,s);g.value=[{title:e.tried,settings:o("",a,""),answer:u}];let $=await(async e=>{if("none"===l.value)return null;if("other"===l.value)return{...r.value,resume:t.value.resume};let{workflow:a}=await i.getWorkflow({accountId:c.peek()},{signal:e}),s=oe(a);return s.awayAfter||s.offlineAfter?s:null})(s);if($&&!I($,a)){let a=await D(m.value,$,s),t="other"===l.value?n().whatIf.otherTitle:e.inForce;g.value=[...g.value,{title:t,settings:o("",$,""),answer:a}]}}catch(e){!p(e)&&!d(e)&&(h.value=function(e,a){let t=u().whatIf;return a.bytes.length>ee&&e instanceof W&&["unavailable","resource_exhausted"].includes(e.code)?t.large:e instanceof W&&"invalid_argument"===e.code?t.badLog(e.violations[0]?.description??e.message):f(e)}(e,m.value))}v.value=""}} novalidate>
<div class="drop" onDragOver=${M} onDrop=${M}>
<label for="log"><strong>${e.log}</strong></label>
<input
id="log"
type="file"
aria-describedby="log-hint"
disabled=${""!==v.value}
onChange=${e=>O(e.currentTarget.files[0])}
/>
<p class="hint" id="log-hint">${e.logHint}</p>
${m.value&&Y`<p role="status">${e.packed(k(Math.ceil(m.value.bytes.length/1e3)))}</p>`}
${m.value&&m.value.bytes.length>ee&&Y`<p class="problem">${e.large}</p>`}
</div>
${m.value&&m.value.columns.length>0&&Y`<div class="tools">
<${me} label=${e.timeColumn} value=${$.value.time} log=${m.value} onChange=${e=>x("time",e)} />
<${me} label=${e.userColumn} value=${$.value.user} log=${m.value} onChange=${e=>x("user",e)} />
<label class="labelled"
>${e.format}
<select onChange=${e=>$.value={...$.value,format:Number(e.currentTarget.value)}}>
${Object.entries(e.formats).map(([e,a])=>Y`<option value=${e} selected=${Number(e)===$.value.format}>${a}</option>`)}
</select></label
>
</div>
${!N&&Y`<p class="problem" role="alert">${e.unmapped}</p>`}`}
<${F} draft=${t.value} faults=${b} onChange=${T} />
<label class="labelled"
>${u().workflows.resume}
<select onChange=${e=>T({resume:Number(e.currentTarget.value)})}>
${[1,3,2].map(e=>Y`<option value=${e} selected=${e===t.value.resume}>${u().workflows.resumes[e]}</option>`)}
</select></label
>
<label class="labelled"
>${n().whatIf.against}
<select onChange=${e=>l.value=e.currentTarget.value}>
${ue.map(e=>Y`<option value=${e} selected=${e===l.value}>${n().whatIf.againstChoices[e]}</option>`)}
</select></label
>
${"other"===l.value&&Y`<fieldset>
<legend>${n().whatIf.others}</legend>
<${F}
draft=${r.value}
faults=${y}
onChange=${e=>r.value={...r.value,...e}}
/>
</fieldset>`}
<div class="form-footer">
<p class="hint" role="status">${v.value&&e.stages[v.value]}</p>
${"computing"===v.value&&Y`<progress aria-label=${e.stages[v.value]}></progress>
<button type="button" onClick=${()=>w.value?.abort()}>${u().common.cancel}</button>`}
<button type="submit" class="primary" disabled=${!S}>${e.run}</button>
</div>
</form>
<div class="results">
${h.value&&Y`<${_} kind="error">${h.value}<//>`}
${L?.answer.warnings.map(e=>Y`<${_} kind="warn" key=${e}>${e}<//>`)}
${L?.answer.summary&&Y`<${Q} summary=${L.answer.summary} name=${m.value?.name??""} />
${R&&Y`<${X} one=${L} other=${R} />`}
<div class="compare">
${g.value.map(({title:e,settings:a,answer:t})=>Y`<${U} key=${e} title=${e} settings=${a} summary=${t.summary} largest=${B}>
${t.summary&&Y`<${q} summary=${t.summary} most=${z} />`}
<//>`)}
</div>
<p class="hint">${e.soonHint}</p>`}
</div>`}function me({label:e,value:a,log:t,onChange:l}){return Y`<label class="labelled"
>${e}
<select onChange=${e=>l(e.currentTarget.value)}>
<option value="" selected=${!a}>${u().whatIf.choose}</option>
${t.columns.map(e=>Y`<option key=${e} value=${e} selected=${e===a}>${e}</option>`)}
</select></label
>`}export{ie as WhatIfPage};