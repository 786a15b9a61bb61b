import{b as e,c as t}from"./chunk-YCNHVTU2.js";import{$ as a,Ba as n,E as r,F as s,Ga as l,Ha as o,Ia as i,Ja as u,Ka as $,La as d,M as c,Ma as m,Pa as p,Ra as f,Sa as h,Va as v,Wa as g,Z as y,aa as b,ba as w,c as k,ca as N,e as E,f as O,g as I,ga as M,h as W,i as S,j as U,ka as C,l as x,m as L,oa as A,p as z,pa as T,q as F,qa as K,r as D,s as R,sa as H,t as j,v as P}from"./chunk-RRVKQIEZ.js";var B={en:()=>import("./reports_en-3RNSFOQ5.js"),de:()=>import("./reports_de-GCDD5EWJ.js")},Y=O(null);function _(){return Y.value}I(()=>{let e=y.value;Y.peek()&&B[e]().then(({texts:t})=>e===y.peek()&&(Y.value=t),()=>{})});var Z=["today","yesterday","week","last-week","month","last-month","days"],V=["today","yesterday","days"],q=new Map;function Q(e){let t=q.get(e);if(!t){let a="2-digit",n={year:"numeric",month:a,day:a,hour:a,minute:a,second:a};t=new Intl.DateTimeFormat("en",{...n,hourCycle:"h23",era:"short",timeZone:e}),q.set(e,t)}return t}function G(e,t){let a=Object.fromEntries(Q(t).formatToParts(e).map(({type:e,value:t})=>[e,Number(t)]));return Date.UTC(a.year,a.month-1,a.day,a.hour,a.minute,a.second)}function J(e,t){return new Date(G(e,t)).toISOString().slice(0,10)}function X(e){return Date.parse(`${e}T00:00:00Z`)}function ee(e,t){return new Date(X(e)+864e5*t).toISOString().slice(0,10)}function te(e,t,a){let n=X(e)+6e4*t,r=[n-864e5,n+864e5].map(e=>G(e,a)-e),s=r.map(e=>n-e).filter(e=>G(e,a)===n);return s.length?Math.min(...s):n-r[0]}function ae(e,t){return te(e,0,t)}function ne(e){return/^\d{4}-\d\d-\d\d$/.test(e)&&!Number.isNaN(X(e))}function re({first:e,last:t},a,n){let r=[];for(let s=e;s<=t;s=ee(s,1))for(let e=0;e<24;e+=a){let t=te(s,60*e,n);t!==r.at(-1)&&r.push(t)}return r}var se=240,le=[[2,"offline"],[1,"away"],[0,"online"]];function oe({moments:e,start:t,end:a,until:n,marks:r,most:s=ue(e),label:l,words:o}){let i=W(-1),u=function(e){let t=Math.max(1,e)/5,a=10**Math.floor(Math.log10(t)),n=Math.max(1,[1,2,5,10].map(e=>e*a).find(e=>e>=t)??t);return Array.from({length:Math.ceil(Math.max(1,e)/n)+1},(e,t)=>t*n)}(s),$=u[u.length-1],d=e=>(e-t)/(a-t)*1e3,c=e=>se*(1-e/$),m=i.value>=0&&i.value<e.length?i.value:$e(e),p=e[m],f=t=>Math.min(e[t+1]?.at??n,a),h=n=>{let r=n.currentTarget.getBoundingClientRect(),s=t+(n.clientX-r.left)/r.width*(a-t),l=e.findIndex(({at:e})=>e>s);i.value=Math.max(0,(l<0?e.length:l)-1)};return D`<div class="curve">
<div class="ticks" aria-hidden="true">
${u.map(e=>D`<span key=${e} style=${{bottom:e/$*100+"%"}}>${b(e)}</span>`)}
</div>
<div
class="plot"
role="slider"
tabindex="0"
aria-label=${l}
aria-valuemin="0"
aria-valuemax=${Math.max(0,e.length-1)}
aria-valuenow=${Math.max(0,m)}
aria-valuetext=${p?o(p):""}
onPointerMove=${h}
onPointerDown=${h}
onKeyDown=${t=>{let a=Math.max(2,Math.round(e.length/20)),n={ArrowRight:1,ArrowUp:1,ArrowLeft:-1,ArrowDown:-1,PageUp:a,PageDown:-a,Home:-1/0,End:1/0}[t.key];void 0===n||t.altKey||t.metaKey||t.ctrlKey||(t.preventDefault(),i.value=Math.max(0,Math.min(e.length-1,m+n)))}}
>
<svg viewBox="0 0 ${1e3} ${se}" preserveAspectRatio="none" aria-hidden="true">
<path class="grid" d=${u.map(e=>`M0 ${c(e)}h1000`).join("")} />
<path class="grid" d=${r.map(({at:e})=>`M${d(e)} 0v240`).join("")} />
${e.map(({at:e,counts:t},a)=>null===t&&D`<rect key=${e} class="unknown" fill="url(#hatching)" x=${d(e)} width=${d(f(a))-d(e)} height=${se} />`)}
<path class="area part online" d=${de(e,0,d,c,f,se)} />
${le.map(([t,a])=>D`<path key=${a} class="line part ${a}" d=${de(e,t,d,c,f)} />`)}
${p&&D`<path class="cursor" d="M${d(p.at)} 0v${se}" />`}
</svg>
</div>
<div class="marks" aria-hidden="true">
${r.map(({at:e,label:t})=>D`<span key=${e} style=${{left:d(e)/10+"%"}}>${t}</span>`)}
</div>
<p class="readout">${p?o(p):" "}</p>
</div>`}function ie(){return D`<ul class="legend">
${le.toReversed().map(([e,t])=>D`<li key=${t}>
<svg viewBox="0 0 32 12" width="32" height="12" aria-hidden="true"><path class="line part ${t}" d="M0 6H32" /></svg>
${l([S.ONLINE,S.AWAY,S.OFFLINE][e])}
</li>`)}
</ul>`}function ue(e){return e.reduce((e,{counts:t})=>t?Math.max(e,...t):e,1)}function $e(e){return e.reduce((t,{counts:a},n)=>a&&(t<0||a[0]>(e[t].counts?.[0]??0))?n:t,-1)}function de(e,t,a,n,r,s){let l="",o=!1,i=()=>{o&&void 0!==s&&(l+=`V${s}Z`),o=!1};return e.forEach(({at:e,counts:u},$)=>{if(!u)return i();let d=ce(n(u[t]));l+=o?`V${d}`:void 0===s?`M${ce(a(e))} ${d}`:`M${ce(a(e))} ${s}V${d}`,l+=`H${ce(a(r($)))}`,o=!0}),i(),l}var ce=e=>Math.round(10*e)/10,me=["ONLINE","AWAY","OFFLINE","ELSEWHERE","UNKNOWN"],pe={[S.ONLINE]:"ONLINE",[S.AWAY]:"AWAY",[S.OFFLINE]:"OFFLINE"},fe={ONLINE:S.ONLINE,AWAY:S.AWAY,OFFLINE:S.OFFLINE},he=e=>({id:e.userId,name:e.displayName,team:e.teamId,isErased:e.erased});function ve(e,t){let a=[];for(let n of e.intervals){let[e,r]=[z(n.startTime)??0,z(n.endTime)??0],s=n.elsewhere?"ELSEWHERE":pe[n.status]??"UNKNOWN";"UNKNOWN"!==s?a.push({kind:s,cause:"ELSEWHERE"===s?U.UNSPECIFIED:n.cause,from:e,to:r}):a.push(...ge(e,r,t))}return{...he(e),parts:a}}function ge(e,t,a){let n=Math.min(Math.max(e,a),t);return[{kind:"UNKNOWN",cause:U.UNSPECIFIED,from:e,to:n,reason:"dropped"},{kind:"UNKNOWN",cause:U.UNSPECIFIED,from:n,to:t,reason:"unseen"}].filter(e=>e.to>e.from)}function ye(e,t){let a=Number(e.people);return e.buckets.map(n=>{let[r,s]=[z(n.startTime)??0,z(n.endTime)??0],l=(Math.min(Math.max(t,r),s)-r)*a;return{...he(e),from:r,to:s,people:a,sums:be(n,l)}})}function be(e,t){let a=we();for(let{status:t,cause:n,duration:r}of e.times){let e=pe[t]??"UNKNOWN",s=z(r)??0;a.times[e]+=s,a.causes.push({kind:e,cause:n,ms:s})}return a.times.UNKNOWN+=z(e.unknown)??0,a.times.ELSEWHERE=z(e.elsewhere)??0,a.dropped=Math.min(t,a.times.UNKNOWN),a.connected=z(e.connected)??0,a.engaged=z(e.engaged)??0,a.causes.sort((e,t)=>me.indexOf(e.kind)-me.indexOf(t.kind)||e.cause-t.cause),a}var we=()=>({times:{ONLINE:0,AWAY:0,OFFLINE:0,ELSEWHERE:0,UNKNOWN:0},causes:[],dropped:0,connected:0,engaged:0});function ke(e){let{times:t}=we();for(let a of e)for(let e of me)t[e]+=a[e];return t}function Ne(e){let{times:t}=we();for(let{kind:a,from:n,to:r}of e)t[a]+=r-n;return t}function Ee(e){return e.map(({time:e,online:t,away:a,offline:n,unknown:r})=>({at:z(e)??0,counts:r?null:[Number(t),Number(a),Number(n)]}))}function Oe(e,t){return e.map(e=>t&&e.id===t?{...e,id:"",name:"",team:"",isErased:!0}:e)}var Ie=new Map;function Me(e,t){let a=Ie.get(t);a||Ie.set(t,a=new Intl.Collator(t,{numeric:!0}));let{compare:n}=a,r=({id:e,name:t})=>t||e;return e.toSorted((e,t)=>Number(e.isErased)-Number(t.isErased)||n(r(e),r(t))||n(e.id,t.id))}function We(e){return"ELSEWHERE"===e||"UNKNOWN"===e?_().kinds[e]:a().status[e]}function Se(e){let{units:t}=a();if(e<N)return`${Math.round(e/w)} ${t.s}`;let n=Math.round(e/N),[r,s]=[Math.floor(n/60),n%60];return[r&&`${b(r)} ${t.h}`,(s||!r)&&`${s} ${t.min}`].filter(Boolean).join(" ")}function Ue(e,t,a=!1){let n=a?"2-digit":void 0;return M(`report time ${n} ${t}`,{hour:"2-digit",minute:"2-digit",second:n,hourCycle:"h23",timeZone:t}).format(e)}function Ce(e,t){return M(`report day ${t}`,{weekday:"short",day:"numeric",month:"short",timeZone:t}).format(e)}function xe(e,t){return`${Ce(e,t)}, ${Ue(e,t)}`}function Le({kind:e,cause:t,reason:a}){return"UNKNOWN"===e?a?_()[a]:"":t===U.UNSPECIFIED?"":p(t)}function Ae(e){return me.filter(t=>e[t]>0).map(t=>`${We(t)} ${Se(e[t])}`).join(", ")}function ze(e){let t=me.map(t=>{let a=e.causes.filter(e=>e.kind===t).map(({cause:e,ms:t})=>`${p(e)||_().noCause} ${Se(t)}`);return a.length?`${We(t)}: ${a.join(", ")}`:""});return e.times.UNKNOWN&&t.push(`${We("UNKNOWN")}: ${function({times:e,dropped:t}){let a=e.UNKNOWN-t;return[t&&`${_().dropped} ${Se(t)}`,a&&`${_().unseen} ${Se(a)}`].filter(Boolean).join(", ")}(e)}`),e.connected&&t.push(_().connected(Se(e.connected))),e.engaged&&t.push(_().engaged(Se(e.engaged))),t.filter(Boolean).join("; ")}var Te=1e3,Fe={ONLINE:1,AWAY:2/3,OFFLINE:1/3,ELSEWHERE:1/12,UNKNOWN:1};function Ke(){return D`<svg class="visually-hidden" aria-hidden="true" width="0" height="0">
<pattern id="hatching" patternUnits="userSpaceOnUse" width="10" height="6">
<path d="M-1 7L11 -1M-1 1L1 -1M9 7L11 5" class="hatch" />
</pattern>
</svg>`}function De(e,t,a,n="",r=e){let s=24*Fe[e],l="UNKNOWN"===e?"url(#hatching)":null,o={x:t,width:Math.max(.6,a-t),y:24-s,height:s};return D`<rect key=${r} class=${"UNKNOWN"===e?"unknown":`part ${e.toLowerCase()}`} fill=${l} ...${o}>
${n&&D`<title>${n}</title>`}
</rect>`}function Re({parts:e,start:t,end:a,marks:n,zone:r}){let s=e=>(e-t)/(a-t)*Te;return D`<svg class="day-bar" viewBox="0 0 ${Te} ${24}" preserveAspectRatio="none" aria-hidden="true">
<path class="grid" d=${n.map(e=>`M${s(e).toFixed(1)} 0v24`).join("")} vector-effect="non-scaling-stroke" />
${e.map(e=>De(e.kind,s(e.from),s(e.to),function(e,t){return`${[We(e.kind),Le(e)].filter(Boolean).join(", ")}: ${Ue(e.from,t,!0)} – ${Ue(e.to,t,!0)} (${Se(e.to-e.from)})`}(e,r),e.from))}
</svg>`}function He({times:e,whole:t}){let a=0,n=e=>t?e/t*Te:0;return D`<svg class="day-bar" viewBox="0 0 ${Te} ${24}" preserveAspectRatio="none" aria-hidden="true">
${me.filter(t=>e[t]>0).map(t=>{let r=a;return a+=e[t],De(t,n(r),n(a),`${We(t)}: ${Se(e[t])}`)})}
</svg>`}function je({kinds:e,times:t}){return D`<ul class="legend">
${e.map(e=>D`<li key=${e}>
<svg viewBox="0 0 24 ${24}" width="18" height="16" preserveAspectRatio="none" aria-hidden="true">${De(e,0,24)}</svg>
${We(e)} ${t&&D`<strong>${Se(t[e])}</strong>`}
</li>`)}
</ul>`}var Pe=e=>new Date(e).toISOString(),Be=e=>String(e/1e3),Ye=e=>e===U.UNSPECIFIED?"":U[e],_e=({id:e,name:t,team:a,isErased:n})=>[e,t,a,n?"true":""];function Ze(t,a){return[t,...a.map(t=>t.map(e).join(",")),""].join("\r\n")}var Ve=({accountId:e,teamId:t,range:a})=>({accountId:e,teamId:t,startTime:F(a.start),endTime:F(a.end)}),qe=(e,{range:t})=>({asOf:z(e.asOf)??t.end,knownSince:z(e.knownSince)??0});async function Qe(e,{signal:t},a){let n="",r=0;do{let s=await e(n,{signal:t,timeoutMs:6e4});if(t.aborted)return;if(n=s.nextPageToken,r=a(s,""===n,!1),n&&r>=5e3)return void a({...s,timelines:[],summaries:[]},!0,!0)}while(n)}function Ge({start:e,end:t}){let a=(t-e)/864e5;return a<=3?x.QUARTER_HOUR:a<=35?x.HOUR:x.DAY}function Je(e,t,a){let r=W(null),s=W(""),l=W(0);return k(()=>{let t=new AbortController;return r.value=null,s.value="",e(t.signal,e=>{t.signal.aborted||(r.value=e)}).catch(e=>{!h(e)&&!c(e)&&(s.value=f(e))}),()=>t.abort()},[...t,l.value]),k(()=>{let e=e=>{r.value&&a&&(r.value=a(r.value,e))};return n.add(e),()=>{n.delete(e)}},[]),{found:r,problem:s,again:l}}function Xe({reading:{found:e,problem:t,again:n},count:r,range:s,zone:l,isCut:o=!1}){let i=e.value;if(t.value){let e=D`<button type="button" onClick=${()=>n.value++}>${a().common.retry}</button>`;return D`<${A} kind="error" actions=${e}>${t.value}<//>`}return i?D`${o&&D`<${A} kind="warn">${_().cut(5e3)}<//>`}
${i.knownSince>s.start&&r>0&&D`<${A}>${_().keptSince(xe(i.knownSince,l))}<//>`}
${!1!==i.isWhole&&0===r&&D`<${T} title=${_().nobody} hint=${_().nobodyHint} />`}`:D`<${K} />`}function et(e,t,a){return e&&e.asOf<t.end?_().soFar(Ue(e.asOf,a)):""}function tt({items:e,columns:t,keyOf:a,kind:n,label:r,top:s}){let l=D`<div class="rows-head" role="rowgroup">
<div class="row report ${n}" role="row" aria-rowindex="1">
${t.map(({name:e,label:t})=>D`<div key=${e} class="cell ${e}" role="columnheader">${t}</div>`)}
</div>
</div>`;return D`<${$} count=${e.length} row=${r=>{let s=e[r];return D`<div
class="row report ${n}"
role="row"
key=${a(s)}
aria-rowindex=${r+2}
style=${{transform:`translateY(${r*u.value}px)`}}
>
${t.map(({name:e,cell:t,isHead:a,title:n})=>D`<div key=${e} class="cell ${e}" role=${a?"rowheader":"gridcell"} title=${n?.(s)}>${t(s,r)}</div>`)}
</div>`}} head=${l} label=${r} top=${s} />`}var at=[S.ONLINE,S.AWAY,S.OFFLINE];function nt({wanted:e,isTable:t,frame:a,again:n}){let{range:s,zone:o}=e,i=Je(async(t,a)=>a(await async function(e,t=r){let a={signal:e.signal,timeoutMs:6e4},n=await t.countByStatus({...Ve(e),step:Ge(e.range),timeZone:e.zone},a);return{moments:Ee(n.counts),...qe(n,e)}}({...e,signal:t})),[e.accountId,e.teamId,s.start,s.end,o,n]),u=i.found.value,$=u?.moments??[],d=$.every(({counts:e})=>!e||e.every(e=>0===e))?[]:$,c=E(()=>function(e,t){let a=Math.round((e.end-e.start)/864e5);if(a<=3)return re(e,1===a?2:6,t).map(e=>({at:e,label:Ue(e,t)}));let n=Math.ceil(a/12);return re(e,24,t).flatMap((e,a)=>a%n?[]:[{at:e,label:Ce(e,t)}])}(s,o),[s.start,s.end,o]),m=d[$e(d)],p=m?.counts?.[0]?_().most(b(m.counts[0]),xe(m.at,o)):_().nobodyOnline;return D`${a([et(u,s,o)],d.length>0&&(()=>function(e){return Ze("time,online,away,offline,unknown",e.map(({at:e,counts:t})=>[Pe(e),...(t??["","",""]).map(String),t?"":"true"]))}(d)))}
<${Ke} />
<${Xe} reading=${i} count=${d.length} range=${s} zone=${o} />
${u&&d.length>0&&(t?D`<${rt} moments=${d} zone=${o} top=${`${s.start} ${s.end} ${e.teamId}`} />`:D`<section class="card" aria-label=${_().views.coverage}>
<${ie} />
<${oe} moments=${d} start=${s.start} end=${s.end} until=${u.asOf} marks=${c} label=${_().curve} words=${({at:e,counts:t})=>_().at(xe(e,o),t?t.map((e,t)=>_().counted(l(at[t]),e)).join(" · "):We("UNKNOWN"))} />
<p class="hint">${p}. ${_().curveHint}</p>
</section>`)}`}function rt({moments:e,zone:t,top:a}){let n=[{name:"time",label:_().time,isHead:!0,cell:({at:e})=>xe(e,t)},...at.map((e,t)=>({name:`figure ${t}`,label:l(e),cell:({counts:a})=>a?D`<${o} status=${e} />${b(a[t])}`:D`<i class="hint">${We("UNKNOWN")}</i>`}))];return D`<${tt}
items=${e}
columns=${n}
keyOf=${({at:e})=>String(e)}
kind="counts"
label=${_().views.coverage}
top=${a}
/>`}function st({wanted:e,isTable:t,frame:a,again:n,by:s}){let{range:l,zone:o}=e,i=Je((t,a)=>async function(e,t,a,n=r){let s=[],l="person"===t?{group:L.USER,bucket:x.UNSPECIFIED,pageSize:250}:{group:L.ALL,bucket:x.DAY,pageSize:1};await Qe((t,a)=>n.summarizeTime({...Ve(e),...l,timeZone:e.zone,pageToken:t},a),e,(t,n,r)=>{let l=qe(t,e);for(let e of t.summaries)s.push(...ye(e,l.knownSince));return a({rows:[...s],isWhole:n,isCut:r,...l}),s.length})}({...e,signal:t},s,a),[e.accountId,e.teamId,l.start,l.end,o,s,n],(e,t)=>({...e,rows:Oe(e.rows,t)})),u=i.found.value,$=E(()=>{let e=u?.rows??[];return"person"===s?Me(e,y.value):e},[u,s,y.value]),d=ke($.map(({sums:e})=>e.times)),c=me.filter(e=>void 0!==fe[e]||d[e]>0),m=`${l.start} ${l.end} ${e.teamId} ${s} ${t}`,p="person"===s?$.length:$[0]?.people??0,f=u?[_().people(p),u.isWhole?et(u,l,o):_().reading]:[];return D`${a(f,$.length>0&&(()=>function(e){return Ze("start_time,end_time,user_id,display_name,team_id,erased,people,status,cause,seconds",e.flatMap(e=>{let{times:t,causes:a}=e.sums,n=(t,a,n)=>[Pe(e.from),Pe(e.to),..._e(e),String(e.people),t,a,Be(n)];return[...a.map(e=>n(e.kind,Ye(e.cause),e.ms)),...t.ELSEWHERE?[n("ELSEWHERE","",t.ELSEWHERE)]:[],...t.UNKNOWN?[n("UNKNOWN","",t.UNKNOWN)]:[]]}))}($)))}
<${Ke} />
<${Xe} reading=${i} count=${$.length} range=${l} zone=${o} isCut=${u?.isCut} />
${$.length>0&&D`<div class="together"><span class="hint">${_().together}</span> <${je} kinds=${c} times=${d} /></div>
<${lt} rows=${$} kinds=${c} zone=${o} isTable=${t} by=${s} top=${m} />`}`}function lt({rows:e,kinds:t,zone:n,isTable:r,by:s,top:l}){let o=Math.max(...e.map(({from:e,to:t,people:a})=>(t-e)*a)),i=["person"===s?{name:"person",label:_().person,isHead:!0,cell:e=>D`<${d} id=${e.id} name=${e.name} />`}:{name:"person",label:_().date,isHead:!0,cell:e=>function({from:e,to:t},n){let r=(t-e)/36e5;return D`${Ce(e,n)}${[23,25].includes(r)&&D` <span class="hint">${r} ${a().units.h}</span>`}`}(e,n)},...r?[..."person"===s?[{name:"in-team",label:_().team,cell:({team:e})=>C(e),title:({team:e})=>C(e)}]:[],...ot(t,({sums:e})=>e.times),{name:"causes",label:_().causes,cell:({sums:e})=>ze(e),title:({sums:e})=>ze(e)}]:[{name:"strip",label:D`<span class="visually-hidden">${_().bars}</span>`,cell:({sums:e})=>D`<span class="visually-hidden">${Ae(e.times)}</span><${He} times=${e.times} whole=${o} />`},...ot(t,({sums:e})=>e.times)]];return D`<div class="rows-frame" style=${{"--kinds":t.length}}>
<${tt}
items=${e}
columns=${i}
keyOf=${t=>"day"===s?String(t.from):t.id||`erased ${e.indexOf(t)}`}
kind=${`${r?"tabled":"barred"} by-${s}`}
label=${_().views.time}
top=${l}
/>
</div>`}function ot(e,t){return e.map(e=>{let a=fe[e];return{name:`figure ${e.toLowerCase()}`,label:We(e),cell:n=>D`${void 0!==a&&D`<${o} status=${a} />`}${t(n)[e]>0?Se(t(n)[e]):D`<span class="hint">0</span>`}`}})}function it({wanted:e,isTable:t,frame:a,again:n}){let{range:s,zone:l}=e,o=Je((t,a)=>async function(e,t,a=r){let n=[];await Qe((t,n)=>a.listTimelines({...Ve(e),pageSize:100,pageToken:t},n),e,(a,r,s)=>{let l=qe(a,e);for(let e of a.timelines)n.push(ve(e,l.knownSince));return t({lines:[...n],isWhole:r,isCut:s,...l}),n.length})}({...e,signal:t},a),[e.accountId,e.teamId,s.start,s.end,l,n],(e,t)=>({...e,lines:Oe(e.lines,t)})),i=o.found.value,u=E(()=>Me(i?.lines??[],y.value).map(e=>({...e,times:Ne(e.parts)})),[i,y.value]),$=W(null),d=ke(u.map(({times:e})=>e)),c=me.filter(e=>void 0!==fe[e]||d[e]>0),m=`${s.start} ${e.teamId} ${t}`,p=i?[_().people(u.length),i.isWhole?et(i,s,l):_().reading]:[];return D`${a(p,u.length>0&&(()=>function(e){return Ze("start_time,end_time,user_id,display_name,team_id,erased,status,cause,seconds",e.flatMap(e=>e.parts.map(t=>[Pe(t.from),Pe(t.to),..._e(e),t.kind,Ye(t.cause),Be(t.to-t.from)])))}(u)))}
<${Ke} />
<${Xe} reading=${o} count=${u.length} range=${s} zone=${l} isCut=${i?.isCut} />
${u.length>0&&(t?D`<${dt} rows=${u} zone=${l} top=${m} />`:D`<${je} kinds=${c} />
<${ut} rows=${u} kinds=${c} wanted=${e} top=${m} onOpen=${e=>$.value=e} />`)}
${$.value&&D`<${pt} row=${$.value} wanted=${e} onClose=${()=>$.value=null} />`}`}function ut({rows:e,kinds:t,wanted:a,top:n,onOpen:r}){let{range:s,zone:l}=a,o=E(()=>re(s,2,l),[s.start,s.end,l]),i=[{name:"person",label:_().person,cell:e=>D`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${()=>r(e)}>
<${d} id=${e.id} name=${e.name} />
</button>`,isHead:!0},{name:"strip",label:D`<${$t} start=${s.start} end=${s.end} marks=${o} zone=${l} />`,cell:e=>D`<span class="visually-hidden">${Ae(e.times)}</span>
<${Re} parts=${e.parts} start=${s.start} end=${s.end} marks=${o} zone=${l} />`},...ot(t,e=>e.times)];return D`<div class="rows-frame" style=${{"--kinds":t.length}}>
<${tt} items=${e} columns=${i} keyOf=${t=>t.id||`erased ${e.indexOf(t)}`} kind="barred of-day" label=${_().views.timeline} top=${n} />
</div>`}function $t({start:e,end:t,marks:a,zone:n}){return D`<span class="visually-hidden">${_().time}</span>
<div class="marks" aria-hidden="true">
${a.map(a=>D`<span key=${a} style=${{left:(a-e)/(t-e)*100+"%"}}>${Ue(a,n).replace(/:00$/,"")}</span>`)}
</div>`}function dt({rows:e,zone:t,top:a}){let n=E(()=>e.flatMap((e,t)=>e.parts.map(a=>({row:e,part:a,number:t}))),[e]),r=[{name:"person",label:_().person,isHead:!0,cell:({row:e})=>D`<${d} id=${e.id} name=${e.name} />`},...ct(t).map(e=>({...e,cell:({part:t})=>e.cell(t)}))];return D`<${tt} items=${n} columns=${r} keyOf=${({part:e,number:t})=>`${t} ${e.from}`} kind="parts" label=${_().views.timeline} top=${a} />`}function ct(e){return[{name:"from",label:_().from,cell:({from:t})=>Ue(t,e,!0)},{name:"to",label:_().to,cell:({to:t})=>Ue(t,e,!0)},{name:"what",label:_().status,cell:({kind:e})=>D`<${mt} kind=${e} />`},{name:"why",label:_().why,cell:Le,title:Le},{name:"long",label:_().length,cell:({from:e,to:t})=>Se(t-e)}]}function mt({kind:e}){let t=fe[e];return void 0===t?D`<i class="hint">${We(e)}</i>`:D`<${i} status=${t} />`}function pt({row:e,wanted:{range:t,zone:n},onClose:r}){let s=ct(n);return D`<${H} title=${_().dayOf(e.id?m(e.id):a().common.erased)} onClose=${r}>
<p class="hint">${function(e,t){return M(`report date ${t}`,{weekday:"long",day:"numeric",month:"long",year:"numeric",timeZone:t}).format(e)}(t.start,n)} · ${_().zone(n)}</p>
<${Re} parts=${e.parts} start=${t.start} end=${t.end} marks=${re(t,2,n)} zone=${n} />
<p>${Ae(e.times)}</p>
<div class="answers" tabindex="0" role="region" aria-label=${_().looks.table}>
<table class="plain">
<thead>
<tr>${s.map(({name:e,label:t})=>D`<th key=${e} scope="col">${t}</th>`)}</tr>
</thead>
<tbody>
${e.parts.map(e=>D`<tr key=${e.from}>${s.map(({name:t,cell:a})=>D`<td key=${t}>${a(e)}</td>`)}</tr>`)}
</tbody>
</table>
</div>
<div class="dialog-actions">
${e.id&&D`<a class="quiet-link" href=${P("person",e.id)}>${_().openPerson}</a>`}
<button type="button" autofocus onClick=${r}>${a().common.close}</button>
</div>
<//>`}var ft=["timeline","time","coverage"],ht=g(async()=>(await async function(){Y.value??=(await B[y.peek()]()).texts}(),vt));function vt(){let e=W(""),t=W(""),n=W(0);k(()=>{let a=new AbortController;return t.value="",r.getAccount({accountId:s.peek()},{signal:a.signal}).then(t=>e.value=t.account?.timeZone||"UTC",e=>{!h(e)&&!c(e)&&(t.value=f(e))}),()=>a.abort()},[n.value]);let l=R.value.rest[0]??ft[0];if(!ft.includes(l))return D`<${T} isPage title=${a().errors.noPage} />`;let o=D`<button type="button" onClick=${()=>n.value++}>${a().common.retry}</button>`;return D`<div class="reports-head">
<h1>${_().title}</h1>
<nav class="chips" aria-label=${_().view}>
${ft.map(e=>D`<a key=${e} class="chip" href=${P("reports",e)} aria-current=${e===l?"page":null}>${_().views[e]}</a>`)}
</nav>
</div>
${t.value&&D`<${A} kind="error" actions=${o}>${t.value}<//>`}
${e.value?D`<${gt} view=${l} zone=${e.value} />`:!t.value&&D`<${K} />`}`}function gt({view:e,zone:n}){let r=function(e){try{return Q(e),!0}catch{return!1}}(n)?n:"UTC",l="timeline"===e,o=W("today"),i=W("week"),u=ee(J(Date.now(),r),-1),[$,d,c]=[W(u),W(u),W(u)],m=W("person"),p=W(!1),f=W(0),h=l?o:i,[g,y]=l?[$.value,$.value]:[d.value,c.value],b=E(()=>function(e,t,a,n,r){let s=J(n,r),[l,o]=function(e,t,a,n){let r=ee(n,-(new Date(X(n)).getUTCDay()+6)%7),s=`${n.slice(0,8)}01`;switch(e){case"today":return[n,n];case"yesterday":return[ee(n,-1),ee(n,-1)];case"week":return[r,ee(r,6)];case"last-week":return[ee(r,-7),ee(r,-1)];case"month":return[s,ee(`${ee(s,31).slice(0,8)}01`,-1)];case"last-month":{let e=ee(s,-1);return[`${e.slice(0,8)}01`,e]}default:return[t,a]}}(e,t,a,s);return!ne(l)||!ne(o)||o<l||X(o)-X(l)>=316224e5?null:{start:ae(l,r),end:ae(ee(o,1),r),first:l,last:o}}(h.value,g,y,Date.now(),r),[h.value,g,y,r,f.value]),w=(o,i)=>D`<div class="tools">
<${v} all=${a().board.allTeams} isKept />
<${yt} label=${_().range} of=${h} choices=${l?V:Z} name=${e=>l&&"days"===e?_().day:_().ranges[e]} />
${"days"===h.value&&(l?D`<${bt} label=${_().date} day=${$} />`:D`<${bt} label=${a().history.firstDay} day=${d} /><${bt} label=${a().history.lastDay} day=${c} />`)}
${"time"===e&&D`<${yt} label=${_().bars} of=${m} choices=${["person","day"]} name=${e=>_().by[e]} />`}
<label class="labelled"
>${_().look}
<select onChange=${e=>p.value="table"===e.currentTarget.value}>
${["picture","table"].map(e=>D`<option value=${e} selected=${"table"===e===p.value}>${_().looks[e]}</option>`)}
</select></label
>
${i&&D`<button type="button" onClick=${()=>t([s.value,e,b?.first,b?.last!==b?.first&&b?.last].filter(Boolean).join("-")+".csv",i())}>${a().history.download}</button>`}
<div class="standing end">
<p class="hint" role="status">${[...o,_().zone(r)].filter(Boolean).join(" · ")}</p>
<button type="button" class="quiet" onClick=${()=>f.value++}>${a().history.refresh}</button>
</div>
</div>
${r!==n&&D`<${A} kind="warn">${_().zoneUnknown(n)}<//>`}`;if(!b){let e=!g||!y||y<g;return D`${w([],!1)}<${A} kind="warn">${e?a().history.noDays:_().tooLong(366)}<//>`}let k={wanted:{accountId:s.value,teamId:j.value,range:b,zone:r},isTable:p.value,frame:w,again:f.value};switch(e){case"timeline":return D`<${it} key=${e} ...${k} />`;case"time":return D`<${st} key=${e} ...${k} by=${m.value} />`;default:return D`<${nt} key=${e} ...${k} />`}}function yt({label:e,of:t,choices:a,name:n}){return D`<label class="labelled"
>${e}
<select onChange=${e=>t.value=e.currentTarget.value}>
${a.map(e=>D`<option key=${e} value=${e} selected=${e===t.value}>${n(e)}</option>`)}
</select></label
>`}function bt({label:e,day:t}){return D`<label class="labelled"
>${e}
<input type="date" value=${t.value} onChange=${e=>t.value=e.currentTarget.value}
/></label>`}export{ht as ReportsPage};