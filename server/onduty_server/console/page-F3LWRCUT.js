import{b as e}from"./chunk-E6UWCCND.js";import{a,b as t,c as l}from"./chunk-I6A7UHUD.js";import{g as s}from"./chunk-Q2IH52LQ.js";import{a as r,b as n}from"./chunk-BX7Q2DX5.js";import{$ as u,$a as o,E as i,F as c,Fa as m,Ga as $,Ia as v,M as d,Ra as f,Sa as p,Wa as h,Ya as g,Z as b,Za as w,_a as y,aa as k,ab as A,bb as I,c as C,cb as N,db as T,ea as S,fa as F,ga as O,h as D,ha as x,i as E,ia as M,la as L,n as j,o as H,oa as W,p as _,r as R}from"./chunk-GETTYKH7.js";var{ONLINE:B,AWAY:U,OFFLINE:z}=E,Y=[[B,U],[B,z],[U,z]],P=[[U,B],[z,B]];function Q({summary:e,name:a}){let t=u().whatIf,[l,s]=[_(e.firstActivityTime),_(e.lastActivityTime)];return R`<p>${L(a)}: ${t.read(Number(e.users),Number(e.activities))}</p>
${void 0!==l&&void 0!==s&&R`<p class="hint">${x(l)} – ${x(s)} (${M(s-l)}) · ${u().common.zone(F)}</p>`}`}function G({title:e,settings:a,summary:t,largest:l,children:s}){let r=u().whatIf,n=u().workflows.fields,o=t.timeInStatus.map(e=>({status:e.status,ms:_(e.duration)??0})),i=o.reduce((e,a)=>e+a.ms,0),[c,d]=[Number(t.activeSoonAfterAway),Z(t,[[B,U]])],[f,p]=[Number(t.ignoredActivities),Number(t.activities)],h=(e,a,s="")=>{let r=Z(t,a);return R`<${X} label=${e} share=${r/l} kind=${s} value=${k(r)} />`},g=(e,a)=>R`
${h(R`<strong>${e}</strong>`,a)}
${a.map(([e,a])=>h(`${$(e)} → ${$(a)}`,[[e,a]],m(a)))}
`;return R`<section class="card" aria-label=${e}>
<h2>${e}</h2>
<p class="hint">
${["awayAfter","offlineAfter","resume"].map(e=>`${n[e]}: ${N(a,e)}`).join(" · ")}
</p>
<h3>${r.time}</h3>
<dl class="bars">
${o.map(({status:e,ms:a})=>R`<${X}
key=${e}
label=${R`<${v} status=${e} />`}
share=${i?a/i:0}
kind=${m(e)}
value=${K(a,i)}
/>`)}
</dl>
${s}
<h3>${r.switches}</h3>
<dl class="bars">${g(r.demoted,Y)} ${g(r.resumed,P)}</dl>
${p>0&&R`<p>${r.ignored(f,p,K(f,p))}</p>`}
<${W} kind=${d&&c/d>.1?"warn":"info"}>
<p><strong>${r.soon(c,d,K(c,d))}</strong></p>
<//>
</section>`}function X({label:e,share:a,value:t,kind:l=""}){return R`<div class="bar-row">
<dt>${e}</dt>
<dd>
<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="part ${l.toLowerCase()}" width=${100*a} height="16" />
</svg>
</dd>
<dd class="value">${t}</dd>
</div>`}function Z(e,a){return e?.switches.filter(e=>a.some(([a,t])=>e.previousStatus===a&&e.status===t))?.reduce((e,a)=>e+Number(a.count),0)??0}function K(e,a,t=1){let l={style:"percent",minimumFractionDigits:t,maximumFractionDigits:t};return(a?e/a:0).toLocaleString(b.value,l)}var q=[E.ONLINE,E.AWAY,E.OFFLINE];function J({one:e,other:a}){let t=n().whatIf,[l,s]=[e,a].map(({settings:e})=>e?.awayAfter?N(e,"awayAfter"):t.never),[r,u]=[e,a].map(({answer:e})=>Number(e.summary?.activeSoonAfterAway??0)),[o,i]=[e,a].map(({answer:e})=>function(e){return _(e?.timeInStatus.find(({status:e})=>e===E.ONLINE)?.duration)??0}(e.summary)),c=u?K(Math.abs(u-r),u,0):k(Math.abs(u-r));return R`<section class="card">
<p class="compared"><strong>${r===u?t.same(r):t.compared(l,s,c,u-r,r,u)}</strong></p>
${i>0&&o!==i&&R`<p>${t.comparedOnline(K(Math.abs(i-o),i),o<i)}</p>`}
<p class="hint">${t.falseAway}</p>
</section>`}function V({summary:l,most:r}){let u=s(l.coverage),[o,i]=[_(l.firstActivityTime)??0,_(l.lastActivityTime)??0];if(u.length<2||o===i)return null;let c=e=>i-o>2*S?O("mark day",{weekday:"short",day:"numeric"}).format(e):O("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e);return R`<h3>${n().whatIf.coverage}</h3>
<${t} />
<${a}
moments=${u}
start=${o}
end=${i}
until=${i}
most=${r}
marks=${e(o,i).map(e=>({at:e,label:c(e)}))}
label=${n().whatIf.coverage}
words=${({at:e,counts:a})=>n().at(x(e,Date.now(),!0),(a??[]).map((e,a)=>n().counted($(q[a]),e)).join(" · "))}
/>`}var ee=1048576,ae=[",",";","\t","|"];function te(e=""){return/^\d{9,10}(\.\d+)?$/.test(e)?j.EPOCH_S:/^\d{12,13}$/.test(e)?j.EPOCH_MS:j.RFC3339}var le="activity_time",se="user_id",re={enabled:!0,awayAfter:g,offlineAfter:w,disconnectAfter:null,disconnectStatus:3,resume:1,keepManualAway:!1},ne={...re,awayAfter:{text:"5",unit:"min"}},ue=["inForce","other","none"];function oe(e){return{...y(e),enabled:!0,disconnectAfter:null,disconnectStatus:re.disconnectStatus}}var ie=h(async()=>(await r(),ce));function ce(){let e=u().whatIf,a=D(re),t=D("inForce"),r=D(ne),m=D(null),$=D({time:"",user:"",format:j.RFC3339}),v=D(""),h=D(""),g=D([]),b=D(null),w=A(a.value),y="other"===t.value?A(r.value):{},N=!m.value?.columns.length||""!==$.value.time&&""!==$.value.user,S=null!==m.value&&N&&0===Object.keys({...w,...y}).length&&!v.value;C(()=>(i.getWorkflow({accountId:c.peek()}).then(({workflow:e})=>{let t=e&&oe(e);t&&(t.awayAfter||t.offlineAfter)&&a.peek()===re&&(a.value=t)},d),()=>b.peek()?.abort()),[]);let F=e=>{a.value={...a.value,...e}},O=async a=>{if(m.value=null,h.value="",a){v.value="packing";try{let t=await async function(e){if(e.size>33554432)return null;let[a,t]=new Uint8Array(await e.slice(0,2).arrayBuffer()),l=31===a&&139===t,s=l?e:new Response(e.stream().pipeThrough(new CompressionStream("gzip"))),r=new Uint8Array(await s.arrayBuffer()),[n,u]=function(e){let[a="",t=""]=e.replace(/^\ufeff/,"").split(/\r?\n/,2),l=ae.reduce((e,t)=>a.split(t).length>a.split(e).length?t:e),[s,r]=[a,t].map(e=>e.split(l).map(e=>e.trim().replace(/^"(.*)"$/,"$1")));return s.length>1&&!a.includes("\0")?[s,r]:[[],[]]}(await async function(e,a){let t=(a?e.stream().pipeThrough(new DecompressionStream("gzip")):e.stream()).getReader();try{return(new TextDecoder).decode((await t.read()).value)}catch{return""}finally{t.cancel().catch(()=>{})}}(e,l));return{name:e.name,bytes:r,columns:n,sample:u}}(a);if(t){let[e,a]=[le,se].map(e=>t.columns.includes(e)?e:"");$.value={time:e,user:a,format:te(t.sample[t.columns.indexOf(e)])},m.value=t}else h.value=e.tooLong}catch{h.value=e.unreadable}v.value=""}},x=e=>{e.preventDefault();let a=document.getElementById("log");"drop"!==e.type||v.value||!e.dataTransfer?.files.length||(a.files=e.dataTransfer.files,O(a.files[0]))},E=(e,a)=>{$.value={...$.value,[e]:a};let{columns:t=[],sample:l=[]}=m.value??{};"time"===e&&($.value.format=te(l[t.indexOf(a)]))},M=(e,a,t)=>{let{time:l,user:s,format:r}=$.value,n={log:e.bytes,timeColumn:l,userColumn:s,timeFormat:r},u=o("",a,"");return i.simulate({accountId:c.peek(),workflow:u,...n},{signal:t,timeoutMs:12e4})},[L,_]=g.value,B=Math.max(...g.value.map(({answer:e})=>function(e){return l(s(e?.coverage??[]))}(e.summary))),U=Math.max(...g.value.map(({answer:e})=>function(e){let a=[Y,P].map(a=>Z(e,a));return Math.max(1,...a)}(e.summary)));return R`<h1>${e.title}</h1>
<p class="hint">${e.intro}</p>
<form class="card" onSubmit=${async l=>{if(l.preventDefault(),!S||!m.value)return;h.value="",g.value=[];let{signal:s}=b.value=new AbortController;v.value="computing";try{let l=a.value,u=await M(m.value,l,s);g.value=[{title:e.tried,settings:o("",l,""),answer:u}];let $=await(async e=>{if("none"===t.value)return null;if("other"===t.value)return{...r.value,resume:a.value.resume};let{workflow:l}=await i.getWorkflow({accountId:c.peek()},{signal:e}),s=oe(l);return s.awayAfter||s.offlineAfter?s:null})(s);if($&&!I($,l)){let a=await M(m.value,$,s),l="other"===t.value?n().whatIf.otherTitle:e.inForce;g.value=[...g.value,{title:l,settings:o("",$,""),answer:a}]}}catch(e){!p(e)&&!d(e)&&(h.value=function(e,a){let t=u().whatIf;return a.bytes.length>ee&&e instanceof H&&["unavailable","resource_exhausted"].includes(e.code)?t.large:e instanceof H&&"invalid_argument"===e.code?t.badLog(e.violations[0]?.description??e.message):f(e)}(e,m.value))}v.value=""}} novalidate>
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
${m.value&&R`<p role="status">${e.packed(k(Math.ceil(m.value.bytes.length/1e3)))}</p>`}
${m.value&&m.value.bytes.length>ee&&R`<p class="problem">${e.large}</p>`}
</div>
${m.value&&m.value.columns.length>0&&R`<div class="tools">
<${me} label=${e.timeColumn} value=${$.value.time} log=${m.value} onChange=${e=>E("time",e)} />
<${me} label=${e.userColumn} value=${$.value.user} log=${m.value} onChange=${e=>E("user",e)} />
<label class="labelled"
>${e.format}
<select onChange=${e=>$.value={...$.value,format:Number(e.currentTarget.value)}}>
${Object.entries(e.formats).map(([e,a])=>R`<option value=${e} selected=${Number(e)===$.value.format}>${a}</option>`)}
</select></label
>
</div>
${!N&&R`<p class="problem" role="alert">${e.unmapped}</p>`}`}
<${T} draft=${a.value} faults=${w} onChange=${F} />
<label class="labelled"
>${u().workflows.resume}
<select onChange=${e=>F({resume:Number(e.currentTarget.value)})}>
${[1,3,2].map(e=>R`<option value=${e} selected=${e===a.value.resume}>${u().workflows.resumes[e]}</option>`)}
</select></label
>
<label class="labelled"
>${n().whatIf.against}
<select onChange=${e=>t.value=e.currentTarget.value}>
${ue.map(e=>R`<option value=${e} selected=${e===t.value}>${n().whatIf.againstChoices[e]}</option>`)}
</select></label
>
${"other"===t.value&&R`<fieldset>
<legend>${n().whatIf.others}</legend>
<${T}
draft=${r.value}
faults=${y}
onChange=${e=>r.value={...r.value,...e}}
/>
</fieldset>`}
<div class="form-footer">
<p class="hint" role="status">${v.value&&e.stages[v.value]}</p>
${"computing"===v.value&&R`<progress aria-label=${e.stages[v.value]}></progress>
<button type="button" onClick=${()=>b.value?.abort()}>${u().common.cancel}</button>`}
<button type="submit" class="primary" disabled=${!S}>${e.run}</button>
</div>
</form>
<div class="results">
${h.value&&R`<${W} kind="error">${h.value}<//>`}
${L?.answer.warnings.map(e=>R`<${W} kind="warn" key=${e}>${e}<//>`)}
${L?.answer.summary&&R`<${Q} summary=${L.answer.summary} name=${m.value?.name??""} />
${_&&R`<${J} one=${L} other=${_} />`}
<div class="compare">
${g.value.map(({title:e,settings:a,answer:t})=>R`<${G} key=${e} title=${e} settings=${a} summary=${t.summary} largest=${U}>
${t.summary&&R`<${V} summary=${t.summary} most=${B} />`}
<//>`)}
</div>
<p class="hint">${e.soonHint}</p>`}
</div>`}function me({label:e,value:a,log:t,onChange:l}){return R`<label class="labelled"
>${e}
<select onChange=${e=>l(e.currentTarget.value)}>
<option value="" selected=${!a}>${u().whatIf.choose}</option>
${t.columns.map(e=>R`<option key=${e} value=${e} selected=${e===a}>${e}</option>`)}
</select></label
>`}export{ie as WhatIfPage};