import{b as e,c as t}from"./chunk-7DJYEM2D.js";import{$ as a,Ba as n,E as r,F as s,Ga as o,Ha as l,Ia as i,Ja as u,Ka as $,La as d,M as c,Ma as m,Pa as p,Ra as f,Sa as h,Va as v,Wa as g,Y as w,Z as y,aa as b,ba as N,c as k,ca as E,e as O,f as I,g as M,ga as W,h as U,i as S,j as C,ka as L,l as x,m as A,oa as z,p as D,pa as K,q as T,qa as F,r as H,s as R,sa as j,t as P,v as Y}from"./chunk-MA6OEORC.js";var B={en:()=>import("./reports_en-HLWYIGW7.js"),de:()=>import("./reports_de-M4MDWH4Q.js")},_=I(null);function Z(){return _.value}M(()=>{let e=y.value;_.peek()&&B[e]().then(({texts:t})=>e===y.peek()&&(_.value=t),()=>{})});var q=["today","yesterday","week","last-week","month","last-month","days"],V=["today","yesterday","days"],G=new Map;function J(e){let t=G.get(e);if(!t){let a="2-digit",n={year:"numeric",month:a,day:a,hour:a,minute:a,second:a};t=new Intl.DateTimeFormat("en",{...n,hourCycle:"h23",era:"short",timeZone:e}),G.set(e,t)}return t}function Q(e,t){let a=Object.fromEntries(J(t).formatToParts(e).map(({type:e,value:t})=>[e,Number(t)]));return Date.UTC(a.year,a.month-1,a.day,a.hour,a.minute,a.second)}function X(e,t){return new Date(Q(e,t)).toISOString().slice(0,10)}function ee(e){return Date.parse(`${e}T00:00:00Z`)}function te(e,t){return new Date(ee(e)+864e5*t).toISOString().slice(0,10)}function ae(e,t,a){let n=ee(e)+6e4*t,r=[n-864e5,n+864e5].map(e=>Q(e,a)-e),s=r.map(e=>n-e).filter(e=>Q(e,a)===n);return s.length?Math.min(...s):n-r[0]}function ne(e,t){return ae(e,0,t)}function re(e){return/^\d{4}-\d\d-\d\d$/.test(e)&&!Number.isNaN(ee(e))}function se({first:e,last:t},a,n){let r=[];for(let s=e;s<=t;s=te(s,1))for(let e=0;e<24;e+=a){let t=ae(s,60*e,n);t!==r.at(-1)&&r.push(t)}return r}var oe=["ONLINE","AWAY","OFFLINE","ELSEWHERE","UNKNOWN"],le={[S.ONLINE]:"ONLINE",[S.AWAY]:"AWAY",[S.OFFLINE]:"OFFLINE"},ie={ONLINE:S.ONLINE,AWAY:S.AWAY,OFFLINE:S.OFFLINE},ue=e=>({id:e.userId,name:e.displayName,team:e.teamId,isErased:e.erased});function $e(e,t){let a=[];for(let n of e.intervals){let[e,r]=[D(n.startTime)??0,D(n.endTime)??0],s=n.elsewhere?"ELSEWHERE":le[n.status]??"UNKNOWN";"UNKNOWN"!==s?a.push({kind:s,cause:"ELSEWHERE"===s?C.UNSPECIFIED:n.cause,from:e,to:r}):a.some(e=>"UNKNOWN"!==e.kind)?a.push({kind:s,cause:C.UNSPECIFIED,from:e,to:r,reason:"erased"}):a.push(...de(e,r,t))}return{...ue(e),parts:a}}function de(e,t,a){let n=Math.min(Math.max(e,a),t);return[{kind:"UNKNOWN",cause:C.UNSPECIFIED,from:e,to:n,reason:"dropped"},{kind:"UNKNOWN",cause:C.UNSPECIFIED,from:n,to:t,reason:"unseen"}].filter(e=>e.to>e.from)}function ce(e,t){let a=Number(e.people);return e.buckets.map(n=>{let[r,s]=[D(n.startTime)??0,D(n.endTime)??0],o=(Math.min(Math.max(t,r),s)-r)*a;return{...ue(e),from:r,to:s,people:a,sums:me(n,o)}})}function me(e,t){let a=pe();for(let{status:t,cause:n,duration:r}of e.times){let e=le[t]??"UNKNOWN",s=D(r)??0;a.times[e]+=s,a.causes.push({kind:e,cause:n,ms:s})}return a.times.UNKNOWN+=D(e.unknown)??0,a.times.ELSEWHERE=D(e.elsewhere)??0,a.dropped=Math.min(t,a.times.UNKNOWN),a.connected=D(e.connected)??0,a.engaged=D(e.engaged)??0,a.causes.sort((e,t)=>oe.indexOf(e.kind)-oe.indexOf(t.kind)||e.cause-t.cause),a}var pe=()=>({times:{ONLINE:0,AWAY:0,OFFLINE:0,ELSEWHERE:0,UNKNOWN:0},causes:[],dropped:0,connected:0,engaged:0});function fe(e){let{times:t}=pe();for(let a of e)for(let e of oe)t[e]+=a[e];return t}function he(e){let{times:t}=pe();for(let{kind:a,from:n,to:r}of e)t[a]+=r-n;return t}function ve(e){return e.map(({time:e,online:t,away:a,offline:n,unknown:r})=>({at:D(e)??0,counts:r?null:[Number(t),Number(a),Number(n)]}))}function ge(e,t){return e.map(e=>t&&e.id===t?{...e,id:"",name:"",team:"",isErased:!0}:e)}var we=new Map;function ye(e,t){let a=we.get(t);a||we.set(t,a=new Intl.Collator(t,{numeric:!0}));let{compare:n}=a,r=({id:e,name:t})=>t||e;return e.toSorted((e,t)=>Number(e.isErased)-Number(t.isErased)||n(r(e),r(t))||n(e.id,t.id))}var be=({accountId:e,teamId:t,range:a})=>({accountId:e,teamId:t,startTime:T(a.start),endTime:T(a.end)}),Ne=(e,{range:t})=>({asOf:D(e.asOf)??t.end,knownSince:D(e.knownSince)??0});async function ke(e,{signal:t},a){let n="",r=0;do{let s=await e(n,{signal:t,timeoutMs:6e4});if(t.aborted)return;if(n=s.nextPageToken,r=a(s,""===n,!1),n&&r>=5e3)return void a({...s,timelines:[],summaries:[]},!0,!0)}while(n)}function Ee({start:e,end:t}){let a=(t-e)/864e5;return a<=3?x.QUARTER_HOUR:a<=35?x.HOUR:x.DAY}var Oe=240,Ie=[[2,"offline"],[1,"away"],[0,"online"]];function Me({moments:e,start:t,end:a,until:n,marks:r,most:s=Ue(e),label:o,words:l}){let i=U(-1),u=function(e){let t=Math.max(1,e)/5,a=10**Math.floor(Math.log10(t)),n=Math.max(1,[1,2,5,10].map(e=>e*a).find(e=>e>=t)??t);return Array.from({length:Math.ceil(Math.max(1,e)/n)+1},(e,t)=>t*n)}(s),$=u[u.length-1],d=e=>(e-t)/(a-t)*1e3,c=e=>Oe*(1-e/$),m=i.value>=0&&i.value<e.length?i.value:Se(e),p=e[m],f=t=>Math.min(e[t+1]?.at??n,a),h=n=>{let r=n.currentTarget.getBoundingClientRect(),s=t+(n.clientX-r.left)/r.width*(a-t),o=e.findIndex(({at:e})=>e>s);i.value=Math.max(0,(o<0?e.length:o)-1)};return H`<div class="curve">
<div class="ticks" aria-hidden="true">
${u.map(e=>H`<span key=${e} style=${{bottom:e/$*100+"%"}}>${b(e)}</span>`)}
</div>
<div
class="plot"
role="slider"
tabindex="0"
aria-label=${o}
aria-valuemin="0"
aria-valuemax=${Math.max(0,e.length-1)}
aria-valuenow=${Math.max(0,m)}
aria-valuetext=${p?l(p):""}
onPointerMove=${h}
onPointerDown=${h}
onKeyDown=${t=>{let a=Math.max(2,Math.round(e.length/20)),n={ArrowRight:1,ArrowUp:1,ArrowLeft:-1,ArrowDown:-1,PageUp:a,PageDown:-a,Home:-1/0,End:1/0}[t.key];void 0===n||t.altKey||t.metaKey||t.ctrlKey||(t.preventDefault(),i.value=Math.max(0,Math.min(e.length-1,m+n)))}}
>
<svg viewBox="0 0 ${1e3} ${Oe}" preserveAspectRatio="none" aria-hidden="true">
<path class="grid" d=${u.map(e=>`M0 ${c(e)}h1000`).join("")} />
<path class="grid" d=${r.map(({at:e})=>`M${d(e)} 0v240`).join("")} />
${e.map(({at:e,counts:t},a)=>null===t&&H`<rect key=${e} class="unknown" fill="url(#hatching)" x=${d(e)} width=${d(f(a))-d(e)} height=${Oe} />`)}
<path class="area part online" d=${Ce(e,0,d,c,f,Oe)} />
${Ie.map(([t,a])=>H`<path key=${a} class="line part ${a}" d=${Ce(e,t,d,c,f)} />`)}
${p&&H`<path class="cursor" d="M${d(p.at)} 0v${Oe}" />`}
</svg>
</div>
<div class="marks" aria-hidden="true">
${r.map(({at:e,label:t})=>H`<span key=${e} style=${{left:d(e)/10+"%"}}>${t}</span>`)}
</div>
<p class="readout">${p?l(p):" "}</p>
</div>`}function We(){return H`<ul class="legend">
${Ie.toReversed().map(([e,t])=>H`<li key=${t}>
<svg viewBox="0 0 32 12" width="32" height="12" aria-hidden="true"><path class="line part ${t}" d="M0 6H32" /></svg>
${o([S.ONLINE,S.AWAY,S.OFFLINE][e])}
</li>`)}
</ul>`}function Ue(e){return e.reduce((e,{counts:t})=>t?Math.max(e,...t):e,1)}function Se(e){return e.reduce((t,{counts:a},n)=>a&&(t<0||a[0]>(e[t].counts?.[0]??0))?n:t,-1)}function Ce(e,t,a,n,r,s){let o="",l=!1,i=()=>{l&&void 0!==s&&(o+=`V${s}Z`),l=!1};return e.forEach(({at:e,counts:u},$)=>{if(!u)return i();let d=Le(n(u[t]));o+=l?`V${d}`:void 0===s?`M${Le(a(e))} ${d}`:`M${Le(a(e))} ${s}V${d}`,o+=`H${Le(a(r($)))}`,l=!0}),i(),o}var Le=e=>Math.round(10*e)/10;function xe(e){return"ELSEWHERE"===e||"UNKNOWN"===e?Z().kinds[e]:a().status[e]}function Ae(e){let{units:t}=a();if(e<E)return`${Math.round(e/N)} ${t.s}`;let n=Math.round(e/E),[r,s]=[Math.floor(n/60),n%60];return[r&&`${b(r)} ${t.h}`,(s||!r)&&`${s} ${t.min}`].filter(Boolean).join(" ")}function ze(e,t,a=!1){let n=a?"2-digit":void 0;return W(`report time ${n} ${t}`,{hour:"2-digit",minute:"2-digit",second:n,hourCycle:"h23",timeZone:t}).format(e)}function De(e,t){return W(`report day ${t}`,{weekday:"short",day:"numeric",month:"short",timeZone:t}).format(e)}function Ke(e,t){return`${De(e,t)}, ${ze(e,t)}`}function Te({kind:e,cause:t,reason:a}){return"UNKNOWN"===e?a?Z().reasons[a]:"":t===C.UNSPECIFIED?"":p(t)}function Fe(e){return oe.filter(t=>e[t]>0).map(t=>`${xe(t)} ${Ae(e[t])}`).join(", ")}function He(e){let t=oe.map(t=>{let a=e.causes.filter(e=>e.kind===t).map(({cause:e,ms:t})=>`${p(e)||Z().noCause} ${Ae(t)}`);return a.length?`${xe(t)}: ${a.join(", ")}`:""});return e.times.UNKNOWN&&t.push(`${xe("UNKNOWN")}: ${Re(e)}`),e.connected&&t.push(Z().connected(Ae(e.connected))),e.engaged&&t.push(Z().engaged(Ae(e.engaged))),t.filter(Boolean).join("; ")}function Re({times:e,dropped:t}){let a=e.UNKNOWN-t;return[t&&`${Z().reasons.dropped} ${Ae(t)}`,a&&`${Z().unseenOrErased} ${Ae(a)}`].filter(Boolean).join(", ")}var je=1e3,Pe={ONLINE:1,AWAY:2/3,OFFLINE:1/3,ELSEWHERE:1/12,UNKNOWN:1};function Ye(){return H`<svg class="visually-hidden" aria-hidden="true" width="0" height="0">
<pattern id="hatching" patternUnits="userSpaceOnUse" width="10" height="6">
<path d="M-1 7L11 -1M-1 1L1 -1M9 7L11 5" class="hatch" />
</pattern>
</svg>`}function Be(e,t,a,n="",r=e){let s=24*Pe[e],o="UNKNOWN"===e?"url(#hatching)":null,l={x:t,width:Math.max(.6,a-t),y:24-s,height:s};return H`<rect key=${r} class=${"UNKNOWN"===e?"unknown":`part ${e.toLowerCase()}`} fill=${o} ...${l}>
${n&&H`<title>${n}</title>`}
</rect>`}function _e({parts:e,start:t,end:a,marks:n,zone:r}){let s=e=>(e-t)/(a-t)*je;return H`<svg class="day-bar" viewBox="0 0 ${je} ${24}" preserveAspectRatio="none" aria-hidden="true">
<path class="grid" d=${n.map(e=>`M${s(e).toFixed(1)} 0v24`).join("")} vector-effect="non-scaling-stroke" />
${e.map(e=>Be(e.kind,s(e.from),s(e.to),function(e,t){return`${[xe(e.kind),Te(e)].filter(Boolean).join(", ")}: ${ze(e.from,t,!0)} – ${ze(e.to,t,!0)} (${Ae(e.to-e.from)})`}(e,r),e.from))}
</svg>`}function Ze({times:e,whole:t,note:a}){let n=0,r=e=>t?e/t*je:0;return H`<svg class="day-bar" viewBox="0 0 ${je} ${24}" preserveAspectRatio="none" aria-hidden="true">
${oe.filter(t=>e[t]>0).map(t=>{let s=n;return n+=e[t],Be(t,r(s),r(n),`${xe(t)}: ${"UNKNOWN"===t?a:Ae(e[t])}`)})}
</svg>`}function qe({kinds:e,times:t,note:a}){return H`<ul class="legend">
${e.map(e=>H`<li key=${e}>
<svg viewBox="0 0 24 ${24}" width="18" height="16" preserveAspectRatio="none" aria-hidden="true">${Be(e,0,24)}</svg>
${xe(e)} ${t&&H`<strong>${Ae(t[e])}</strong>`}${"UNKNOWN"===e&&a&&H` <span class="hint">(${a})</span>`}
</li>`)}
</ul>`}var Ve=e=>new Date(e).toISOString(),Ge=e=>String(e/1e3),Je=e=>e===C.UNSPECIFIED?"":C[e],Qe=({id:e,name:t,team:a,isErased:n})=>[e,t,a,n?"true":""];function Xe(t,a){return[t,...a.map(t=>t.map(e).join(",")),""].join("\r\n")}function et(e,t,a){let r=U(null),s=U(""),o=U(0);return k(()=>{let t=new AbortController;return r.value=null,s.value="",e(t.signal,e=>{t.signal.aborted||(r.value=e)}).catch(e=>{!h(e)&&!c(e)&&(s.value=f(e))}),()=>t.abort()},[...t,o.value]),k(()=>{let e=e=>{r.value&&a&&(r.value=a(r.value,e))};return n.add(e),()=>{n.delete(e)}},[]),{found:r,problem:s,again:o}}function tt({reading:{found:e,problem:t,again:n},count:r,range:s,zone:o,isCut:l=!1}){let i=e.value;if(t.value){let e=H`<button type="button" onClick=${()=>n.value++}>${a().common.retry}</button>`;return H`<${z} kind="error" actions=${e}>${t.value}<//>`}return i?H`${l&&H`<${z} kind="warn">${Z().cut(5e3)}<//>`}
${i.knownSince>s.start&&r>0&&H`<${z}>${Z().keptSince(Ke(i.knownSince,o))}<//>`}
${!1!==i.isWhole&&0===r&&H`<${K} title=${Z().nobody} hint=${Z().nobodyHint} />`}`:H`<${F} />`}function at(e,t,a){return e&&e.asOf<t.end?Z().soFar(ze(e.asOf,a)):""}function nt({items:e,columns:t,keyOf:a,kind:n,label:r,top:s}){let o=H`<div class="rows-head" role="rowgroup">
<div class="row report ${n}" role="row" aria-rowindex="1">
${t.map(({name:e,label:t})=>H`<div key=${e} class="cell ${e}" role="columnheader">${t}</div>`)}
</div>
</div>`;return H`<${$} count=${e.length} row=${r=>{let s=e[r];return H`<div
class="row report ${n}"
role="row"
key=${a(s)}
aria-rowindex=${r+2}
style=${{transform:`translateY(${r*u.value}px)`}}
>
${t.map(({name:e,cell:t,isHead:a,title:n})=>H`<div key=${e} class="cell ${e}" role=${a?"rowheader":"gridcell"} title=${n?.(s)}>${t(s,r)}</div>`)}
</div>`}} head=${o} label=${r} top=${s} />`}var rt=[S.ONLINE,S.AWAY,S.OFFLINE];function st({wanted:e,isTable:t,frame:a,again:n}){let{range:s,zone:l}=e,i=et(async(t,a)=>a(await async function(e,t=r){let a={signal:e.signal,timeoutMs:6e4},n=await t.countByStatus({...be(e),step:Ee(e.range),timeZone:e.zone},a);return{moments:ve(n.counts),...Ne(n,e)}}({...e,signal:t})),[e.accountId,e.teamId,s.start,s.end,l,n]),u=i.found.value,$=u?.moments??[],d=$.every(({counts:e})=>!e||e.every(e=>0===e))?[]:$,c=O(()=>function(e,t){let a=Math.round((e.end-e.start)/864e5);if(a<=3)return se(e,1===a?2:6,t).map(e=>({at:e,label:ze(e,t)}));let n=Math.ceil(a/12);return se(e,24,t).flatMap((e,a)=>a%n?[]:[{at:e,label:De(e,t)}])}(s,l),[s.start,s.end,l]),m=d[Se(d)],p=m?.counts?.[0]?Z().most(b(m.counts[0]),Ke(m.at,l)):Z().nobodyOnline;return H`${a([at(u,s,l)],d.length>0&&(()=>function(e){return Xe("time,online,away,offline,unknown",e.map(({at:e,counts:t})=>[Ve(e),...(t??["","",""]).map(String),t?"":"true"]))}(d)))}
<${Ye} />
<${tt} reading=${i} count=${d.length} range=${s} zone=${l} />
${u&&d.length>0&&(t?H`<${ot} moments=${d} zone=${l} top=${`${s.start} ${s.end} ${e.teamId}`} />`:H`<section class="card" aria-label=${Z().views.coverage}>
<${We} />
<${Me} moments=${d} start=${s.start} end=${s.end} until=${u.asOf} marks=${c} label=${Z().curve} words=${({at:e,counts:t})=>Z().at(Ke(e,l),t?t.map((e,t)=>Z().counted(o(rt[t]),e)).join(" · "):xe("UNKNOWN"))} />
<p class="hint">${p}. ${Z().curveHint}</p>
</section>`)}`}function ot({moments:e,zone:t,top:a}){let n=[{name:"time",label:Z().time,isHead:!0,cell:({at:e})=>Ke(e,t)},...rt.map((e,t)=>({name:`figure ${t}`,label:o(e),cell:({counts:a})=>a?H`<${l} status=${e} />${b(a[t])}`:H`<i class="hint">${xe("UNKNOWN")}</i>`}))];return H`<${nt}
items=${e}
columns=${n}
keyOf=${({at:e})=>String(e)}
kind="counts"
label=${Z().views.coverage}
top=${a}
/>`}function lt({wanted:e,isTable:t,frame:a,again:n,by:s}){let{range:o,zone:l}=e,i=et((t,a)=>async function(e,t,a,n=r){let s=[],o="person"===t?{group:A.USER,bucket:x.UNSPECIFIED,pageSize:250}:{group:A.ALL,bucket:x.DAY,pageSize:1};await ke((t,a)=>n.summarizeTime({...be(e),...o,timeZone:e.zone,pageToken:t},a),e,(t,n,r)=>{let o=Ne(t,e);for(let e of t.summaries)s.push(...ce(e,o.knownSince));return a({rows:[...s],isWhole:n,isCut:r,...o}),s.length})}({...e,signal:t},s,a),[e.accountId,e.teamId,o.start,o.end,l,s,n],(e,t)=>({...e,rows:ge(e.rows,t)})),u=i.found.value,$=O(()=>{let e=u?.rows??[];return"person"===s?ye(e,y.value):e},[u,s,y.value]),d=fe($.map(({sums:e})=>e.times)),c=$.reduce((e,{sums:t})=>e+t.dropped,0),m=d.UNKNOWN===c?Z().reasons.dropped:c?Re({times:d,dropped:c}):Z().unseenOrErased,p=oe.filter(e=>void 0!==ie[e]||d[e]>0),f=`${o.start} ${o.end} ${e.teamId} ${s} ${t}`,h="person"===s?$.length:$[0]?.people??0,v=u?[Z().people(h),u.isWhole?at(u,o,l):Z().reading]:[];return H`${a(v,$.length>0&&(()=>function(e){return Xe("start_time,end_time,user_id,display_name,team_id,erased,people,status,cause,seconds",e.flatMap(e=>{let{times:t,causes:a}=e.sums,n=(t,a,n)=>[Ve(e.from),Ve(e.to),...Qe(e),String(e.people),t,a,Ge(n)];return[...a.map(e=>n(e.kind,Je(e.cause),e.ms)),...t.ELSEWHERE?[n("ELSEWHERE","",t.ELSEWHERE)]:[],...t.UNKNOWN?[n("UNKNOWN","",t.UNKNOWN)]:[]]}))}($)))}
<${Ye} />
<${tt} reading=${i} count=${$.length} range=${o} zone=${l} isCut=${u?.isCut} />
${$.length>0&&H`<div class="together"><span class="hint">${Z().together}</span> <${qe} kinds=${p} times=${d} note=${m} /></div>
<${it} rows=${$} kinds=${p} zone=${l} isTable=${t} by=${s} top=${f} />`}`}function it({rows:e,kinds:t,zone:n,isTable:r,by:s,top:o}){let l=Math.max(...e.map(({from:e,to:t,people:a})=>(t-e)*a)),i=["person"===s?{name:"person",label:Z().person,isHead:!0,cell:e=>H`<${d} id=${e.id} name=${e.name} />`}:{name:"person",label:Z().date,isHead:!0,cell:e=>function({from:e,to:t},n){let r=(t-e)/36e5;return H`${De(e,n)}${[23,25].includes(r)&&H` <span class="hint">${r} ${a().units.h}</span>`}`}(e,n)},...r?[..."person"===s?[{name:"in-team",label:Z().team,cell:({team:e})=>L(e),title:({team:e})=>L(e)}]:[],...ut(t,({sums:e})=>e.times),{name:"causes",label:Z().causes,cell:({sums:e})=>He(e),title:({sums:e})=>He(e)}]:[{name:"strip",label:H`<span class="visually-hidden">${Z().bars}</span>`,cell:({sums:e})=>H`<span class="visually-hidden">${Fe(e.times)}</span><${Ze} times=${e.times} whole=${l} note=${Re(e)} />`},...ut(t,({sums:e})=>e.times)]];return H`<div class="rows-frame" style=${{"--kinds":t.length}}>
<${nt}
items=${e}
columns=${i}
keyOf=${t=>"day"===s?String(t.from):t.id||`erased ${e.indexOf(t)}`}
kind=${`${r?"tabled":"barred"} by-${s}`}
label=${Z().views.time}
top=${o}
/>
</div>`}function ut(e,t){return e.map(e=>{let a=ie[e];return{name:`figure ${e.toLowerCase()}`,label:xe(e),cell:n=>H`${void 0!==a&&H`<${l} status=${a} />`}${t(n)[e]>0?Ae(t(n)[e]):H`<span class="hint">0</span>`}`}})}function $t({wanted:e,isTable:t,frame:a,again:n}){let{range:s,zone:o}=e,l=et((t,a)=>async function(e,t,a=r){let n=[];await ke((t,n)=>a.listTimelines({...be(e),pageSize:100,pageToken:t},n),e,(a,r,s)=>{let o=Ne(a,e);for(let e of a.timelines)n.push($e(e,o.knownSince));return t({lines:[...n],isWhole:r,isCut:s,...o}),n.length})}({...e,signal:t},a),[e.accountId,e.teamId,s.start,s.end,o,n],(e,t)=>({...e,lines:ge(e.lines,t)})),i=l.found.value,u=O(()=>ye(i?.lines??[],y.value).map(e=>({...e,times:he(e.parts)})),[i,y.value]),$=U(null),d=fe(u.map(({times:e})=>e)),c=oe.filter(e=>void 0!==ie[e]||d[e]>0),m=`${s.start} ${e.teamId} ${t}`,p=i?[Z().people(u.length),i.isWhole?at(i,s,o):Z().reading]:[];return H`${a(p,u.length>0&&(()=>function(e){return Xe("start_time,end_time,user_id,display_name,team_id,erased,status,cause,seconds",e.flatMap(e=>e.parts.map(t=>[Ve(t.from),Ve(t.to),...Qe(e),t.kind,Je(t.cause),Ge(t.to-t.from)])))}(u)))}
<${Ye} />
<${tt} reading=${l} count=${u.length} range=${s} zone=${o} isCut=${i?.isCut} />
${u.length>0&&(t?H`<${mt} rows=${u} zone=${o} top=${m} />`:H`<${qe} kinds=${c} note=${function(e){let t=new Set(e.map(({reason:e})=>e));return["dropped","unseen","erased"].filter(e=>t.has(e)).map(e=>Z().reasons[e]).join(", ")}(u.flatMap(({parts:e})=>e))} />
<${dt} rows=${u} kinds=${c} wanted=${e} top=${m} onOpen=${e=>$.value=e} />`)}
${$.value&&H`<${ft} row=${$.value} wanted=${e} onClose=${()=>$.value=null} />`}`}function dt({rows:e,kinds:t,wanted:a,top:n,onOpen:r}){let{range:s,zone:o}=a,l=O(()=>se(s,2,o),[s.start,s.end,o]),i=[{name:"person",label:Z().person,cell:e=>H`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${()=>r(e)}>
<${d} id=${e.id} name=${e.name} />
</button>`,isHead:!0},{name:"strip",label:H`<${ct} start=${s.start} end=${s.end} marks=${l} zone=${o} />`,cell:e=>H`<span class="visually-hidden">${Fe(e.times)}</span>
<${_e} parts=${e.parts} start=${s.start} end=${s.end} marks=${l} zone=${o} />`},...ut(t,e=>e.times)];return H`<div class="rows-frame" style=${{"--kinds":t.length}}>
<${nt} items=${e} columns=${i} keyOf=${t=>t.id||`erased ${e.indexOf(t)}`} kind="barred of-day" label=${Z().views.timeline} top=${n} />
</div>`}function ct({start:e,end:t,marks:a,zone:n}){return H`<span class="visually-hidden">${Z().time}</span>
<div class="marks" aria-hidden="true">
${a.map(a=>H`<span key=${a} style=${{left:(a-e)/(t-e)*100+"%"}}>${ze(a,n).replace(/:00$/,"")}</span>`)}
</div>`}function mt({rows:e,zone:t,top:a}){let n=O(()=>e.flatMap((e,t)=>e.parts.map(a=>({row:e,part:a,number:t}))),[e]),r=[{name:"person",label:Z().person,isHead:!0,cell:({row:e})=>H`<${d} id=${e.id} name=${e.name} />`},{name:"from",label:Z().from,cell:({part:e})=>ze(e.from,t,!0)},{name:"to",label:Z().to,cell:({part:e})=>ze(e.to,t,!0)},{name:"what",label:Z().status,cell:({part:e})=>H`<${pt} kind=${e.kind} />`},{name:"why",label:Z().why,cell:({part:e})=>Te(e),title:({part:e})=>Te(e)},{name:"long",label:Z().length,cell:({part:e})=>Ae(e.to-e.from)}];return H`<${nt} items=${n} columns=${r} keyOf=${({part:e,number:t})=>`${t} ${e.from}`} kind="parts" label=${Z().views.timeline} top=${a} />`}function pt({kind:e}){let t=ie[e];return void 0===t?H`<i class="hint">${xe(e)}</i>`:H`<${i} status=${t} />`}function ft({row:e,wanted:{range:t,zone:n},onClose:r}){return H`<${j} title=${Z().dayOf(e.id?m(e.id):a().common.erased)} onClose=${r}>
<p class="hint">${function(e,t){return W(`report date ${t}`,{weekday:"long",day:"numeric",month:"long",year:"numeric",timeZone:t}).format(e)}(t.start,n)} · ${Z().zone(n)}</p>
<${_e} parts=${e.parts} start=${t.start} end=${t.end} marks=${se(t,2,n)} zone=${n} />
<p>${Fe(e.times)}</p>
<div class="answers" tabindex="0" role="region" aria-label=${Z().looks.table}>
<table class="plain stacked of-day">
<thead>
<tr>${[Z().time,Z().status,Z().why,Z().length].map(e=>H`<th key=${e} scope="col">${e}</th>`)}</tr>
</thead>
<tbody>
${e.parts.map(e=>H`<tr key=${e.from}>
<td>${ze(e.from,n,!0)} – ${ze(e.to,n,!0)}</td>
<td><${pt} kind=${e.kind} /></td>
<td class="breaks">${Te(e)}</td>
<td>${Ae(e.to-e.from)}</td>
</tr>`)}
</tbody>
</table>
</div>
<div class="dialog-actions">
${e.id&&H`<a class="quiet-link" href=${Y("person",e.id)}>${Z().openPerson}</a>`}
<button type="button" autofocus onClick=${r}>${a().common.close}</button>
</div>
<//>`}var ht=["timeline","time","coverage"],vt=g(async()=>(await async function(){_.value??=(await B[y.peek()]()).texts}(),gt));function gt(){let e=U(""),t=U(""),n=U(0);k(()=>{let a=new AbortController;return t.value="",async function(e,t){if(w("workflow.read"))return(await r.getAccount({accountId:e},{signal:t})).account?.timeZone??"";let a=Date.now(),n={startTime:T(a-1),endTime:T(a),step:x.DAY};return(await r.countByStatus({accountId:e,...n},{signal:t})).timeZone}(s.peek(),a.signal).then(t=>e.value=t||"UTC",e=>{!h(e)&&!c(e)&&(t.value=f(e))}),()=>a.abort()},[n.value]);let o=R.value.rest[0]??ht[0];if(!ht.includes(o))return H`<${K} isPage title=${a().errors.noPage} />`;let l=H`<button type="button" onClick=${()=>n.value++}>${a().common.retry}</button>`;return H`<div class="reports-head">
<h1>${Z().title}</h1>
<nav class="chips" aria-label=${Z().view}>
${ht.map(e=>H`<a key=${e} class="chip" href=${Y("reports",e)} aria-current=${e===o?"page":null}>${Z().views[e]}</a>`)}
</nav>
</div>
${t.value&&H`<${z} kind="error" actions=${l}>${t.value}<//>`}
${e.value?H`<${wt} view=${o} zone=${e.value} />`:!t.value&&H`<${F} />`}`}function wt({view:e,zone:n}){let r=function(e){try{return J(e),!0}catch{return!1}}(n)?n:"UTC",o="timeline"===e,l=U("today"),i=U("week"),u=te(X(Date.now(),r),-1),[$,d,c]=[U(u),U(u),U(u)],m=U("person"),p=U(!1),f=U(0),h=o?l:i,[g,w]=o?[$.value,$.value]:[d.value,c.value],y=O(()=>function(e,t,a,n,r){let s=X(n,r),[o,l]=function(e,t,a,n){let r=te(n,-(new Date(ee(n)).getUTCDay()+6)%7),s=`${n.slice(0,8)}01`;switch(e){case"today":return[n,n];case"yesterday":return[te(n,-1),te(n,-1)];case"week":return[r,te(r,6)];case"last-week":return[te(r,-7),te(r,-1)];case"month":return[s,te(`${te(s,31).slice(0,8)}01`,-1)];case"last-month":{let e=te(s,-1);return[`${e.slice(0,8)}01`,e]}default:return[t,a]}}(e,t,a,s);return!re(o)||!re(l)||l<o||ee(l)-ee(o)>=316224e5?null:{start:ne(o,r),end:ne(te(l,1),r),first:o,last:l}}(h.value,g,w,Date.now(),r),[h.value,g,w,r,f.value]),b=(l,i)=>H`<div class="tools">
<${v} all=${a().board.allTeams} isKept />
<${yt} label=${Z().range} of=${h} choices=${o?V:q} name=${e=>o&&"days"===e?Z().day:Z().ranges[e]} />
${"days"===h.value&&(o?H`<${bt} label=${Z().date} day=${$} />`:H`<${bt} label=${a().history.firstDay} day=${d} /><${bt} label=${a().history.lastDay} day=${c} />`)}
${"time"===e&&H`<${yt} label=${Z().bars} of=${m} choices=${["person","day"]} name=${e=>Z().by[e]} />`}
<label class="labelled"
>${Z().look}
<select onChange=${e=>p.value="table"===e.currentTarget.value}>
${["picture","table"].map(e=>H`<option value=${e} selected=${"table"===e===p.value}>${Z().looks[e]}</option>`)}
</select></label
>
${i&&H`<button type="button" onClick=${()=>t([s.value,e,y?.first,y?.last!==y?.first&&y?.last].filter(Boolean).join("-")+".csv",i())}>${a().history.download}</button>`}
<div class="standing end">
<p class="hint" role="status">${[...l,Z().zone(r)].filter(Boolean).join(" · ")}</p>
<button type="button" class="quiet" onClick=${()=>f.value++}>${a().history.refresh}</button>
</div>
</div>
${r!==n&&H`<${z} kind="warn">${Z().zoneUnknown(n)}<//>`}`;if(!y){let e=!g||!w||w<g;return H`${b([],!1)}<${z} kind="warn">${e?a().history.noDays:Z().tooLong(366)}<//>`}let N={wanted:{accountId:s.value,teamId:P.value,range:y,zone:r},isTable:p.value,frame:b,again:f.value};switch(e){case"timeline":return H`<${$t} key=${e} ...${N} />`;case"time":return H`<${lt} key=${e} ...${N} by=${m.value} />`;default:return H`<${st} key=${e} ...${N} />`}}function yt({label:e,of:t,choices:a,name:n}){return H`<label class="labelled"
>${e}
<select onChange=${e=>t.value=e.currentTarget.value}>
${a.map(e=>H`<option key=${e} value=${e} selected=${e===t.value}>${n(e)}</option>`)}
</select></label
>`}function bt({label:e,day:t}){return H`<label class="labelled"
>${e}
<input type="date" value=${t.value} onChange=${e=>t.value=e.currentTarget.value}
/></label>`}export{vt as ReportsPage};