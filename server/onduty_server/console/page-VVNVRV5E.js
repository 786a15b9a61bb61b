import{b as e,c as t}from"./chunk-SBSF7WJC.js";import{a,b as n,c as s,d as r,e as o,f as l,g as i,h as u,i as $,j as d,k as c,m}from"./chunk-27GSNKEX.js";import{a as p,b as f}from"./chunk-RGRWIP6S.js";import{$ as h,Ba as v,E as g,F as b,Ga as y,Ha as w,Ia as k,Ja as N,Ka as O,La as I,M as S,Ma as C,Pa as E,Ra as z,Sa as T,Va as U,Wa as M,Y as W,Z as L,aa as A,ba as D,c as j,ca as x,e as F,ga as K,h as R,i as B,j as H,ka as _,l as P,m as Y,oa as Z,p as q,pa as G,q as V,qa as X,r as J,s as Q,sa as ee,t as te,v as ae}from"./chunk-L6UG3B2X.js";var ne=["today","yesterday","week","last-week","month","last-month","days"],se=["today","yesterday","days"],re=new Map;function oe(e){let t=re.get(e);if(!t){let a="2-digit",n={year:"numeric",month:a,day:a,hour:a,minute:a,second:a};t=new Intl.DateTimeFormat("en",{...n,hourCycle:"h23",era:"short",timeZone:e}),re.set(e,t)}return t}function le(e,t){let a=Object.fromEntries(oe(t).formatToParts(e).map(({type:e,value:t})=>[e,Number(t)]));return Date.UTC(a.year,a.month-1,a.day,a.hour,a.minute,a.second)}function ie(e,t){return new Date(le(e,t)).toISOString().slice(0,10)}function ue(e,t){return new Date(le(e,t)).toISOString().slice(0,19).replace("T"," ")}function $e(e){return Date.parse(`${e}T00:00:00Z`)}function de(e,t){return new Date($e(e)+864e5*t).toISOString().slice(0,10)}function ce(e,t,a){let n=$e(e)+6e4*t,s=[n-864e5,n+864e5].map(e=>le(e,a)-e),r=s.map(e=>n-e).filter(e=>le(e,a)===n);return r.length?Math.min(...r):n-s[0]}function me(e,t){return ce(e,0,t)}function pe(e){return/^\d{4}-\d\d-\d\d$/.test(e)&&!Number.isNaN($e(e))}function fe({first:e,last:t},a,n){let s=[];for(let r=e;r<=t;r=de(r,1))for(let e=0;e<24;e+=a){let t=ce(r,60*e,n);t!==s.at(-1)&&s.push(t)}return s}var he=({accountId:e,teamId:t,range:a})=>({accountId:e,teamId:t,startTime:V(a.start),endTime:V(a.end)}),ve=(e,{range:t})=>({asOf:q(e.asOf)??t.end,knownSince:q(e.knownSince)??0});async function ge(e,{signal:t},a){let n="",s=0;do{let r=await e(n,{signal:t,timeoutMs:6e4});if(t.aborted)return;if(n=r.nextPageToken,s=a(r,""===n,!1),n&&s>=5e3)return void a({...r,timelines:[],summaries:[]},!0,!0)}while(n)}function be({start:e,end:t}){let a=(t-e)/864e5;return a<=3?P.QUARTER_HOUR:a<=35?P.HOUR:P.DAY}function ye(e){return"ELSEWHERE"===e||"UNKNOWN"===e?f().kinds[e]:h().status[e]}function we(e){let{units:t}=h();if(e<x)return`${Math.round(e/D)} ${t.s}`;let a=Math.round(e/x),[n,s]=[Math.floor(a/60),a%60];return[n&&`${A(n)} ${t.h}`,(s||!n)&&`${s} ${t.min}`].filter(Boolean).join(" ")}function ke(e,t,a=!1){let n=a?"2-digit":void 0;return K(`report time ${n} ${t}`,{hour:"2-digit",minute:"2-digit",second:n,hourCycle:"h23",timeZone:t}).format(e)}function Ne(e,t){return K(`report day ${t}`,{weekday:"short",day:"numeric",month:"short",timeZone:t}).format(e)}function Oe(e,t){return`${Ne(e,t)}, ${ke(e,t)}`}function Ie({kind:e,cause:t,reason:a}){return"UNKNOWN"===e?a?f().reasons[a]:"":t===H.UNSPECIFIED?"":E(t)}function Se(e){return a.filter(t=>e[t]>0).map(t=>`${ye(t)} ${we(e[t])}`).join(", ")}function Ce(e){let t=a.map(t=>{let a=e.causes.filter(e=>e.kind===t).map(({cause:e,ms:t})=>`${E(e)||f().noCause} ${we(t)}`);return a.length?`${ye(t)}: ${a.join(", ")}`:""});return e.times.UNKNOWN&&t.push(`${ye("UNKNOWN")}: ${Ee(e)}`),e.connected&&t.push(f().connected(we(e.connected))),e.engaged&&t.push(f().engaged(we(e.engaged))),t.filter(Boolean).join("; ")}function Ee({times:e,dropped:t}){let a=e.UNKNOWN-t;return[t&&`${f().reasons.dropped} ${we(t)}`,a&&`${f().unseenOrErased} ${we(a)}`].filter(Boolean).join(", ")}var ze=1e3,Te={ONLINE:1,AWAY:2/3,OFFLINE:1/3,ELSEWHERE:1/12,UNKNOWN:1};function Ue(){return J`<svg class="visually-hidden" aria-hidden="true" width="0" height="0">
<pattern id="hatching" patternUnits="userSpaceOnUse" width="10" height="6">
<path d="M-1 7L11 -1M-1 1L1 -1M9 7L11 5" class="hatch" />
</pattern>
</svg>`}function Me(e,t,a,n="",s=e){let r=24*Te[e],o="UNKNOWN"===e?"url(#hatching)":null,l={x:t,width:Math.max(.6,a-t),y:24-r,height:r};return J`<rect key=${s} class=${"UNKNOWN"===e?"unknown":`part ${e.toLowerCase()}`} fill=${o} ...${l}>
${n&&J`<title>${n}</title>`}
</rect>`}function We({parts:e,start:t,end:a,marks:n,zone:s}){let r=e=>(e-t)/(a-t)*ze;return J`<svg class="day-bar" viewBox="0 0 ${ze} ${24}" preserveAspectRatio="none" aria-hidden="true">
<path class="grid" d=${n.map(e=>`M${r(e).toFixed(1)} 0v24`).join("")} vector-effect="non-scaling-stroke" />
${e.map(e=>Me(e.kind,r(e.from),r(e.to),function(e,t){return`${[ye(e.kind),Ie(e)].filter(Boolean).join(", ")}: ${ke(e.from,t,!0)} – ${ke(e.to,t,!0)} (${we(e.to-e.from)})`}(e,s),e.from))}
</svg>`}function Le({times:e,whole:t,note:n}){let s=0,r=e=>t?e/t*ze:0;return J`<svg class="day-bar" viewBox="0 0 ${ze} ${24}" preserveAspectRatio="none" aria-hidden="true">
${a.filter(t=>e[t]>0).map(t=>{let a=s;return s+=e[t],Me(t,r(a),r(s),`${ye(t)}: ${"UNKNOWN"===t?n:we(e[t])}`)})}
</svg>`}function Ae({kinds:e,times:t,note:a}){return J`<ul class="legend">
${e.map(e=>J`<li key=${e}>
<svg viewBox="0 0 24 ${24}" width="18" height="16" preserveAspectRatio="none" aria-hidden="true">${Me(e,0,24)}</svg>
${ye(e)} ${t&&J`<strong>${we(t[e])}</strong>`}${"UNKNOWN"===e&&a&&J` <span class="hint">(${a})</span>`}
</li>`)}
</ul>`}var{MANUAL:De,ACTIVITY:je,INACTIVITY:xe,EXPIRY:Fe,DISCONNECT:Ke}=H,Re=["ONLINE","AWAY","OFFLINE"],Be=[De,xe,Fe,Ke],He=[["ONLINE",[De,je,Fe]],["AWAY",Be],["OFFLINE",Be]],_e="start,end,start_utc,end_utc,time_zone",Pe="user_id,display_name,team_id",Ye=e=>new Date(e).toISOString().replace(".000Z","Z"),Ze=e=>e?"yes":"",qe=({id:e,name:t,team:a})=>[e,t,a],Ge=({from:e,to:t},a)=>[ue(e,a),ue(t,a),Ye(e),Ye(t),a];function Ve(e){return e%1e3?(e/1e3).toFixed(3):String(e/1e3)}function Xe(e){let t=Math.floor(e/1e3+.5),a=e=>String(e).padStart(2,"0");return[Ve(e),`${Math.floor(t/3600)}:${a(Math.floor(t/60)%60)}:${a(t%60)}`]}function Je(t,a){return[t,...a.map(t=>t.map(e).join(",")),""].join("\r\n")}function Qe(e,t,a){let n=R(null),s=R(""),r=R(0);return j(()=>{let t=new AbortController;return n.value=null,s.value="",e(t.signal,e=>{t.signal.aborted||(n.value=e)}).catch(e=>{!T(e)&&!S(e)&&(s.value=z(e))}),()=>t.abort()},[...t,r.value]),j(()=>{let e=e=>{n.value&&a&&(n.value=a(n.value,e))};return v.add(e),()=>{v.delete(e)}},[]),{found:n,problem:s,again:r}}function et({reading:{found:e,problem:t,again:a},count:n,range:s,zone:r,isCut:o=!1}){let l=e.value;if(t.value){let e=J`<button type="button" onClick=${()=>a.value++}>${h().common.retry}</button>`;return J`<${Z} kind="error" actions=${e}>${t.value}<//>`}return l?J`${o&&J`<${Z} kind="warn">${f().cut(5e3)}<//>`}
${l.knownSince>s.start&&n>0&&J`<${Z}>${f().keptSince(Oe(l.knownSince,r))}<//>`}
${!1!==l.isWhole&&0===n&&J`<${G} title=${f().nobody} hint=${f().nobodyHint} />`}`:J`<${X} />`}function tt(e,t,a){return e&&e.asOf<t.end?f().soFar(ke(e.asOf,a)):""}function at({items:e,columns:t,keyOf:a,kind:n,label:s,top:r}){let o=J`<div class="rows-head" role="rowgroup">
<div class="row report ${n}" role="row" aria-rowindex="1">
${t.map(({name:e,label:t})=>J`<div key=${e} class="cell ${e}" role="columnheader">${t}</div>`)}
</div>
</div>`;return J`<${O} count=${e.length} row=${s=>{let r=e[s];return J`<div
class="row report ${n}"
role="row"
key=${a(r)}
aria-rowindex=${s+2}
style=${{transform:`translateY(${s*N.value}px)`}}
>
${t.map(({name:e,cell:t,isHead:a,title:n})=>J`<div key=${e} class="cell ${e}" role=${a?"rowheader":"gridcell"} title=${n?.(r)}>${t(r,s)}</div>`)}
</div>`}} head=${o} label=${s} top=${r} />`}var nt=[B.ONLINE,B.AWAY,B.OFFLINE];function st({wanted:e,isTable:t,frame:a,again:n}){let{range:s,zone:r}=e,o=Qe(async(t,a)=>a(await async function(e,t=g){let a={signal:e.signal,timeoutMs:6e4},n=await t.countByStatus({...he(e),step:be(e.range),timeZone:e.zone},a);return{moments:i(n.counts),...ve(n,e)}}({...e,signal:t})),[e.accountId,e.teamId,s.start,s.end,r,n]),l=o.found.value,u=l?.moments??[],$=u.every(({counts:e})=>!e||e.every(e=>0===e))?[]:u,p=F(()=>function(e,t){let a=Math.round((e.end-e.start)/864e5);if(a<=3)return fe(e,1===a?2:6,t).map(e=>({at:e,label:ke(e,t)}));let n=Math.ceil(a/12);return fe(e,24,t).flatMap((e,a)=>a%n?[]:[{at:e,label:Ne(e,t)}])}(s,r),[s.start,s.end,r]),h=$[m($)],v=h?.counts?.[0]?f().most(A(h.counts[0]),Oe(h.at,r)):f().nobodyOnline;return J`${a([tt(l,s,r)],$.length>0&&(()=>function(e,t){return Je("time,time_utc,time_zone,online,away,offline,unknown",e.map(({at:e,counts:a})=>[ue(e,t),Ye(e),t,...(a??["","",""]).map(String),Ze(!a)]))}($,r)))}
<${Ue} />
<${et} reading=${o} count=${$.length} range=${s} zone=${r} />
${l&&$.length>0&&(t?J`<${rt} moments=${$} zone=${r} top=${`${s.start} ${s.end} ${e.teamId}`} />`:J`<section class="card" aria-label=${f().views.coverage}>
<${c} />
<${d} moments=${$} start=${s.start} end=${s.end} until=${l.asOf} marks=${p} label=${f().curve} words=${({at:e,counts:t})=>f().at(Oe(e,r),t?t.map((e,t)=>f().counted(y(nt[t]),e)).join(" · "):ye("UNKNOWN"))} />
<p class="hint">${v}. ${f().curveHint}</p>
</section>`)}`}function rt({moments:e,zone:t,top:a}){let n=[{name:"time",label:f().time,isHead:!0,cell:({at:e})=>Oe(e,t)},...nt.map((e,t)=>({name:`figure ${t}`,label:y(e),cell:({counts:a})=>a?J`<${w} status=${e} />${A(a[t])}`:J`<i class="hint">${ye("UNKNOWN")}</i>`}))];return J`<${at}
items=${e}
columns=${n}
keyOf=${({at:e})=>String(e)}
kind="counts"
label=${f().views.coverage}
top=${a}
/>`}function ot({wanted:e,isTable:t,frame:s,again:l,by:i}){let{range:d,zone:c}=e,m=Qe((t,a)=>async function(e,t,a,n=g){let s=[],o="person"===t?{group:Y.USER,bucket:P.UNSPECIFIED,pageSize:250}:{group:Y.ALL,bucket:P.DAY,pageSize:1};await ge((t,a)=>n.summarizeTime({...he(e),...o,timeZone:e.zone,pageToken:t},a),e,(t,n,o)=>{let l=ve(t,e);for(let e of t.summaries)s.push(...r(e,l.knownSince));return a({rows:[...s],isWhole:n,isCut:o,...l}),s.length})}({...e,signal:t},i,a),[e.accountId,e.teamId,d.start,d.end,c,i,l],(e,t)=>({...e,rows:u(e.rows,t)})),p=m.found.value,h=F(()=>{let e=p?.rows??[];return"person"===i?$(e,L.value):e},[p,i,L.value]),v=o(h.map(({sums:e})=>e.times)),b=h.reduce((e,{sums:t})=>e+t.dropped,0),y=v.UNKNOWN===b?f().reasons.dropped:b?Ee({times:v,dropped:b}):f().unseenOrErased,w=a.filter(e=>void 0!==n[e]||v[e]>0),k=`${d.start} ${d.end} ${e.teamId} ${i} ${t}`,N="person"===i?h.length:h[0]?.people??0,O=p?[f().people(N),p.isWhole?tt(p,d,c):f().reading]:[];return J`${s(O,h.length>0&&(()=>function(e,t){let a=[...Re,"unknown","elsewhere","connected","engaged"].map(e=>e.toLowerCase()),n=He.flatMap(([e,t])=>t.map(t=>[e,t])),s=[_e,Pe,"people","erased",...a.flatMap(e=>[`${e}_seconds`,e]),...n.map(([e,t])=>`${e}_by_${H[t]}_seconds`.toLowerCase())],r=e.map(e=>{let{times:a,connected:s,engaged:r}=e.sums;return[...Ge(e,t),...qe(e),String(e.people),Ze(e.isErased),...[...Re.map(e=>a[e]),a.UNKNOWN].flatMap(Xe),...[a.ELSEWHERE,s,r].flatMap(e=>e?Xe(e):["",""]),...n.map(([t,a])=>Ve(((t,a)=>e.sums.causes.reduce((e,n)=>e+(n.kind===t&&n.cause===a?n.ms:0),0))(t,a)))]});return Je(s.join(","),r)}(h,c)))}
<${Ue} />
<${et} reading=${m} count=${h.length} range=${d} zone=${c} isCut=${p?.isCut} />
${h.length>0&&J`<div class="together"><span class="hint">${f().together}</span> <${Ae} kinds=${w} times=${v} note=${y} /></div>
<${lt} rows=${h} kinds=${w} zone=${c} isTable=${t} by=${i} top=${k} />`}`}function lt({rows:e,kinds:t,zone:a,isTable:n,by:s,top:r}){let o=Math.max(...e.map(({from:e,to:t,people:a})=>(t-e)*a)),l=["person"===s?{name:"person",label:f().person,isHead:!0,cell:e=>J`<${I} id=${e.id} name=${e.name} />`}:{name:"person",label:f().date,isHead:!0,cell:e=>function({from:e,to:t},a){let n=(t-e)/36e5;return J`${Ne(e,a)}${[23,25].includes(n)&&J` <span class="hint">${n} ${h().units.h}</span>`}`}(e,a)},...n?[..."person"===s?[{name:"in-team",label:f().team,cell:({team:e})=>_(e),title:({team:e})=>_(e)}]:[],...it(t,({sums:e})=>e.times),{name:"causes",label:f().causes,cell:({sums:e})=>Ce(e),title:({sums:e})=>Ce(e)}]:[{name:"strip",label:J`<span class="visually-hidden">${f().bars}</span>`,cell:({sums:e})=>J`<span class="visually-hidden">${Se(e.times)}</span><${Le} times=${e.times} whole=${o} note=${Ee(e)} />`},...it(t,({sums:e})=>e.times)]];return J`<div class="rows-frame" style=${{"--kinds":t.length}}>
<${at}
items=${e}
columns=${l}
keyOf=${t=>"day"===s?String(t.from):t.id||`erased ${e.indexOf(t)}`}
kind=${`${n?"tabled":"barred"} by-${s}`}
label=${f().views.time}
top=${r}
/>
</div>`}function it(e,t){return e.map(e=>{let a=n[e];return{name:`figure ${e.toLowerCase()}`,label:ye(e),cell:n=>J`${void 0!==a&&J`<${w} status=${a} />`}${t(n)[e]>0?we(t(n)[e]):J`<span class="hint">0</span>`}`}})}function ut({wanted:e,isTable:t,frame:r,again:i}){let{range:d,zone:c}=e,m=Qe((t,a)=>async function(e,t,a=g){let n=[];await ge((t,n)=>a.listTimelines({...he(e),pageSize:100,pageToken:t},n),e,(a,r,o)=>{let l=ve(a,e);for(let e of a.timelines)n.push(s(e,l.knownSince));return t({lines:[...n],isWhole:r,isCut:o,...l}),n.length})}({...e,signal:t},a),[e.accountId,e.teamId,d.start,d.end,c,i],(e,t)=>({...e,lines:u(e.lines,t)})),p=m.found.value,h=F(()=>$(p?.lines??[],L.value).map(e=>({...e,times:l(e.parts)})),[p,L.value]),v=R(null),b=o(h.map(({times:e})=>e)),y=a.filter(e=>void 0!==n[e]||b[e]>0),w=`${d.start} ${e.teamId} ${t}`,k=p?[f().people(h.length),p.isWhole?tt(p,d,c):f().reading]:[];return J`${r(k,h.length>0&&(()=>function(e,t){let a=e.flatMap(e=>e.parts.map(a=>[...Ge(a,t),...qe(e),Ze(e.isErased),a.kind,a.cause===H.UNSPECIFIED?"":H[a.cause],...Xe(a.to-a.from)]));return Je(`${_e},${Pe},erased,status,cause,seconds,length`,a)}(h,c)))}
<${Ue} />
<${et} reading=${m} count=${h.length} range=${d} zone=${c} isCut=${p?.isCut} />
${h.length>0&&(t?J`<${ct} rows=${h} zone=${c} top=${w} />`:J`<${Ae} kinds=${y} note=${function(e){let t=new Set(e.map(({reason:e})=>e));return["dropped","unseen","erased"].filter(e=>t.has(e)).map(e=>f().reasons[e]).join(", ")}(h.flatMap(({parts:e})=>e))} />
<${$t} rows=${h} kinds=${y} wanted=${e} top=${w} onOpen=${e=>v.value=e} />`)}
${v.value&&J`<${pt} row=${v.value} wanted=${e} onClose=${()=>v.value=null} />`}`}function $t({rows:e,kinds:t,wanted:a,top:n,onOpen:s}){let{range:r,zone:o}=a,l=F(()=>fe(r,2,o),[r.start,r.end,o]),i=[{name:"person",label:f().person,cell:e=>J`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${()=>s(e)}>
<${I} id=${e.id} name=${e.name} />
</button>`,isHead:!0},{name:"strip",label:J`<${dt} start=${r.start} end=${r.end} marks=${l} zone=${o} />`,cell:e=>J`<span class="visually-hidden">${Se(e.times)}</span>
<${We} parts=${e.parts} start=${r.start} end=${r.end} marks=${l} zone=${o} />`},...it(t,e=>e.times)];return J`<div class="rows-frame" style=${{"--kinds":t.length}}>
<${at} items=${e} columns=${i} keyOf=${t=>t.id||`erased ${e.indexOf(t)}`} kind="barred of-day" label=${f().views.timeline} top=${n} />
</div>`}function dt({start:e,end:t,marks:a,zone:n}){return J`<span class="visually-hidden">${f().time}</span>
<div class="marks" aria-hidden="true">
${a.map(a=>J`<span key=${a} style=${{left:(a-e)/(t-e)*100+"%"}}>${ke(a,n).replace(/:00$/,"")}</span>`)}
</div>`}function ct({rows:e,zone:t,top:a}){let n=F(()=>e.flatMap((e,t)=>e.parts.map(a=>({row:e,part:a,number:t}))),[e]),s=[{name:"person",label:f().person,isHead:!0,cell:({row:e})=>J`<${I} id=${e.id} name=${e.name} />`},{name:"from",label:f().from,cell:({part:e})=>ke(e.from,t,!0)},{name:"to",label:f().to,cell:({part:e})=>ke(e.to,t,!0)},{name:"what",label:f().status,cell:({part:e})=>J`<${mt} kind=${e.kind} />`},{name:"why",label:f().why,cell:({part:e})=>Ie(e),title:({part:e})=>Ie(e)},{name:"long",label:f().length,cell:({part:e})=>we(e.to-e.from)}];return J`<${at} items=${n} columns=${s} keyOf=${({part:e,number:t})=>`${t} ${e.from}`} kind="parts" label=${f().views.timeline} top=${a} />`}function mt({kind:e}){let t=n[e];return void 0===t?J`<i class="hint">${ye(e)}</i>`:J`<${k} status=${t} />`}function pt({row:e,wanted:{range:t,zone:a},onClose:n}){return J`<${ee} title=${f().dayOf(e.id?C(e.id):h().common.erased)} onClose=${n}>
<p class="hint">${function(e,t){return K(`report date ${t}`,{weekday:"long",day:"numeric",month:"long",year:"numeric",timeZone:t}).format(e)}(t.start,a)} · ${f().zone(a)}</p>
<${We} parts=${e.parts} start=${t.start} end=${t.end} marks=${fe(t,2,a)} zone=${a} />
<p>${Se(e.times)}</p>
<div class="answers" tabindex="0" role="region" aria-label=${f().looks.table}>
<table class="plain stacked of-day">
<thead>
<tr>${[f().time,f().status,f().why,f().length].map(e=>J`<th key=${e} scope="col">${e}</th>`)}</tr>
</thead>
<tbody>
${e.parts.map(e=>J`<tr key=${e.from}>
<td>${ke(e.from,a,!0)} – ${ke(e.to,a,!0)}</td>
<td><${mt} kind=${e.kind} /></td>
<td class="breaks">${Ie(e)}</td>
<td>${we(e.to-e.from)}</td>
</tr>`)}
</tbody>
</table>
</div>
<div class="dialog-actions">
${e.id&&J`<a class="quiet-link" href=${ae("person",e.id)}>${f().openPerson}</a>`}
<button type="button" autofocus onClick=${n}>${h().common.close}</button>
</div>
<//>`}var ft=["timeline","time","coverage"],ht=M(async()=>(await p(),vt));function vt(){let e=R(""),t=R(""),a=R(0);j(()=>{let a=new AbortController;return t.value="",async function(e,t){if(W("workflow.read"))return(await g.getAccount({accountId:e},{signal:t})).account?.timeZone??"";let a=Date.now(),n={startTime:V(a-1),endTime:V(a),step:P.DAY};return(await g.countByStatus({accountId:e,...n},{signal:t})).timeZone}(b.peek(),a.signal).then(t=>e.value=t||"UTC",e=>{!T(e)&&!S(e)&&(t.value=z(e))}),()=>a.abort()},[a.value]);let n=Q.value.rest[0]??ft[0];if(!ft.includes(n))return J`<${G} isPage title=${h().errors.noPage} />`;let s=J`<button type="button" onClick=${()=>a.value++}>${h().common.retry}</button>`;return J`<div class="reports-head">
<h1>${f().title}</h1>
<nav class="chips" aria-label=${f().view}>
${ft.map(e=>J`<a key=${e} class="chip" href=${ae("reports",e)} aria-current=${e===n?"page":null}>${f().views[e]}</a>`)}
</nav>
</div>
${t.value&&J`<${Z} kind="error" actions=${s}>${t.value}<//>`}
${e.value?J`<${gt} view=${n} zone=${e.value} />`:!t.value&&J`<${X} />`}`}function gt({view:e,zone:a}){let n=function(e){try{return oe(e),!0}catch{return!1}}(a)?a:"UTC",s="timeline"===e,r=R("today"),o=R("week"),l=de(ie(Date.now(),n),-1),[i,u,$]=[R(l),R(l),R(l)],d=R("person"),c=R(!1),m=R(0),p=s?r:o,[v,g]=s?[i.value,i.value]:[u.value,$.value],y=F(()=>function(e,t,a,n,s){let r=ie(n,s),[o,l]=function(e,t,a,n){let s=de(n,-(new Date($e(n)).getUTCDay()+6)%7),r=`${n.slice(0,8)}01`;switch(e){case"today":return[n,n];case"yesterday":return[de(n,-1),de(n,-1)];case"week":return[s,de(s,6)];case"last-week":return[de(s,-7),de(s,-1)];case"month":return[r,de(`${de(r,31).slice(0,8)}01`,-1)];case"last-month":{let e=de(r,-1);return[`${e.slice(0,8)}01`,e]}default:return[t,a]}}(e,t,a,r);return!pe(o)||!pe(l)||l<o||$e(l)-$e(o)>=316224e5?null:{start:me(o,s),end:me(de(l,1),s),first:o,last:l}}(p.value,v,g,Date.now(),n),[p.value,v,g,n,m.value]),w=(r,o)=>J`<div class="tools">
<${U} all=${h().board.allTeams} isKept />
<${bt} label=${f().range} of=${p} choices=${s?se:ne} name=${e=>s&&"days"===e?f().day:f().ranges[e]} />
${"days"===p.value&&(s?J`<${yt} label=${f().date} day=${i} />`:J`<${yt} label=${h().history.firstDay} day=${u} /><${yt} label=${h().history.lastDay} day=${$} />`)}
${"time"===e&&J`<${bt} label=${f().bars} of=${d} choices=${["person","day"]} name=${e=>f().by[e]} />`}
<label class="labelled"
>${f().look}
<select onChange=${e=>c.value="table"===e.currentTarget.value}>
${["picture","table"].map(e=>J`<option value=${e} selected=${"table"===e===c.value}>${f().looks[e]}</option>`)}
</select></label
>
${o&&J`<button type="button" onClick=${()=>t([b.value,e,y?.first,y?.last!==y?.first&&y?.last].filter(Boolean).join("-")+".csv",o())}>${h().history.download}</button>`}
<div class="standing end">
<p class="hint" role="status">${[...r,f().zone(n)].filter(Boolean).join(" · ")}</p>
<button type="button" class="quiet" onClick=${()=>m.value++}>${h().history.refresh}</button>
</div>
</div>
${n!==a&&J`<${Z} kind="warn">${f().zoneUnknown(a)}<//>`}`;if(!y){let e=!v||!g||g<v;return J`${w([],!1)}<${Z} kind="warn">${e?h().history.noDays:f().tooLong(366)}<//>`}let k={wanted:{accountId:b.value,teamId:te.value,range:y,zone:n},isTable:c.value,frame:w,again:m.value};switch(e){case"timeline":return J`<${ut} key=${e} ...${k} />`;case"time":return J`<${ot} key=${e} ...${k} by=${d.value} />`;default:return J`<${st} key=${e} ...${k} />`}}function bt({label:e,of:t,choices:a,name:n}){return J`<label class="labelled"
>${e}
<select onChange=${e=>t.value=e.currentTarget.value}>
${a.map(e=>J`<option key=${e} value=${e} selected=${e===t.value}>${n(e)}</option>`)}
</select></label
>`}function yt({label:e,day:t}){return J`<label class="labelled"
>${e}
<input type="date" value=${t.value} onChange=${e=>t.value=e.currentTarget.value}
/></label>`}export{ht as ReportsPage};