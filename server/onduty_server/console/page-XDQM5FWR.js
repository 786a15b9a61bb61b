import{b as e,c as t}from"./chunk-DXVW3OVD.js";import{a,b as n,c as s,d as r,e as o,f as l,g as i,h as u,i as $,j as d,k as c,m}from"./chunk-YNOJLIXD.js";import{a as p,b as f}from"./chunk-KEMEA5DV.js";import{$ as h,Ba as v,E as g,F as b,Ga as y,Ha as w,Ia as k,Ja as N,Ka as O,La as I,M as C,Ma as E,Pa as S,Ra as z,Sa as M,Va as T,Wa as U,Y as W,Z as A,aa as D,ba as L,c as j,ca as x,da as F,e as K,ga as _,h as H,i as R,j as Y,ka as B,l as P,m as Z,o as V,oa as q,p as Q,pa as X,q as G,qa as J,r as ee,s as te,sa as ae,t as ne,v as se}from"./chunk-772QFQIG.js";var re=["today","yesterday","week","last-week","month","last-month","days"],oe=["today","yesterday","days"],le=new Map;function ie(e){let t=le.get(e);if(!t){let a="2-digit",n={year:"numeric",month:a,day:a,hour:a,minute:a,second:a};t=new Intl.DateTimeFormat("en",{...n,hourCycle:"h23",era:"short",timeZone:e}),le.set(e,t)}return t}function ue(e,t){let a=Object.fromEntries(ie(t).formatToParts(e).map(({type:e,value:t})=>[e,Number(t)]));return Date.UTC(a.year,a.month-1,a.day,a.hour,a.minute,a.second)}function $e(e,t){return new Date(ue(e,t)).toISOString().slice(0,10)}function de(e,t){return new Date(ue(e,t)).toISOString().slice(0,19).replace("T"," ")}function ce(e){return Date.parse(`${e}T00:00:00Z`)}function me(e,t){return new Date(ce(e)+864e5*t).toISOString().slice(0,10)}function pe(e,t,a){let n=ce(e)+6e4*t,s=[n-864e5,n+864e5].map(e=>ue(e,a)-e),r=s.map(e=>n-e).filter(e=>ue(e,a)===n);return r.length?Math.min(...r):n-s[0]}function fe(e,t){return pe(e,0,t)}function he(e){return/^\d{4}-\d\d-\d\d$/.test(e)&&!Number.isNaN(ce(e))}function ve({first:e,last:t},a,n){let s=[];for(let r=e;r<=t;r=me(r,1))for(let e=0;e<24;e+=a){let t=pe(r,60*e,n);t!==s.at(-1)&&s.push(t)}return s}var ge=({accountId:e,teamId:t,range:a})=>({accountId:e,teamId:t,startTime:G(a.start),endTime:G(a.end)}),be=(e,{range:t})=>({asOf:Q(e.asOf)??t.end,knownSince:Q(e.knownSince)??0});async function ye(e,{signal:t},a){let n="",s=0;do{let r=await e(n,{signal:t,timeoutMs:6e4});if(t.aborted)return;if(n=r.nextPageToken,s=a(r,""===n,!1),n&&s>=5e3)return void a({...r,timelines:[],summaries:[]},!0,!0)}while(n)}function we({start:e,end:t}){let a=(t-e)/864e5;return a<=3?P.QUARTER_HOUR:a<=35?P.HOUR:P.DAY}function ke(e){return"ELSEWHERE"===e||"UNKNOWN"===e?f().kinds[e]:h().status[e]}function Ne(e){let{units:t}=h();if(e<x)return`${Math.round(e/L)} ${t.s}`;if(e>=1e3*F)return`${D(Math.round(e/F))} ${t.h}`;let a=Math.round(e/x),[n,s]=[Math.floor(a/60),a%60];return[n&&`${D(n)} ${t.h}`,(s||!n)&&`${s} ${t.min}`].filter(Boolean).join(" ")}function Oe(e,t,a=!1){let n=a?"2-digit":void 0;return _(`report time ${n} ${t}`,{hour:"2-digit",minute:"2-digit",second:n,hourCycle:"h23",timeZone:t}).format(e)}function Ie(e,t){return _(`report day ${t}`,{weekday:"short",day:"numeric",month:"short",timeZone:t}).format(e)}function Ce(e,t){return`${Ie(e,t)}, ${Oe(e,t)}`}function Ee({kind:e,cause:t,reason:a}){return"UNKNOWN"===e?a?f().reasons[a]:"":t===Y.UNSPECIFIED?"":S(t)}function Se(e){return a.filter(t=>e[t]>0).map(t=>`${ke(t)} ${Ne(e[t])}`).join(", ")}function ze(e){let t=a.map(t=>{let a=e.causes.filter(e=>e.kind===t).map(({cause:e,ms:t})=>`${S(e)||f().noCause} ${Ne(t)}`);return a.length?`${ke(t)}: ${a.join(", ")}`:""});return e.times.UNKNOWN&&t.push(`${ke("UNKNOWN")}: ${Me(e)}`),e.connected&&t.push(f().connected(Ne(e.connected))),e.engaged&&t.push(f().engaged(Ne(e.engaged))),t.filter(Boolean).join("; ")}function Me({times:e,dropped:t}){let a=e.UNKNOWN-t;return[t&&`${f().reasons.dropped} ${Ne(t)}`,a&&`${f().unseenOrErased} ${Ne(a)}`].filter(Boolean).join(", ")}var Te=1e3,Ue={ONLINE:1,AWAY:2/3,OFFLINE:1/3,ELSEWHERE:1/12,UNKNOWN:1};function We(){return ee`<svg class="visually-hidden" aria-hidden="true" width="0" height="0">
<pattern id="hatching" patternUnits="userSpaceOnUse" width="10" height="6">
<path d="M-1 7L11 -1M-1 1L1 -1M9 7L11 5" class="hatch" />
</pattern>
</svg>`}function Ae(e,t,a,n="",s=e){let r=24*Ue[e],o="UNKNOWN"===e?"url(#hatching)":null,l={x:t,width:Math.max(.6,a-t),y:24-r,height:r};return ee`<rect key=${s} class=${"UNKNOWN"===e?"unknown":`part ${e.toLowerCase()}`} fill=${o} ...${l}>
${n&&ee`<title>${n}</title>`}
</rect>`}function De({parts:e,start:t,end:a,marks:n,zone:s}){let r=e=>(e-t)/(a-t)*Te;return ee`<svg class="day-bar" viewBox="0 0 ${Te} ${24}" preserveAspectRatio="none" aria-hidden="true">
<path class="grid" d=${n.map(e=>`M${r(e).toFixed(1)} 0v24`).join("")} vector-effect="non-scaling-stroke" />
${e.map(e=>Ae(e.kind,r(e.from),r(e.to),function(e,t){return`${[ke(e.kind),Ee(e)].filter(Boolean).join(", ")}: ${Oe(e.from,t,!0)} – ${Oe(e.to,t,!0)} (${Ne(e.to-e.from)})`}(e,s),e.from))}
</svg>`}function Le({times:e,whole:t,note:n}){let s=0,r=e=>t?e/t*Te:0;return ee`<svg class="day-bar" viewBox="0 0 ${Te} ${24}" preserveAspectRatio="none" aria-hidden="true">
${a.filter(t=>e[t]>0).map(t=>{let a=s;return s+=e[t],Ae(t,r(a),r(s),`${ke(t)}: ${"UNKNOWN"===t?n:Ne(e[t])}`)})}
</svg>`}function je({kinds:e,times:t,note:a}){return ee`<ul class="legend">
${e.map(e=>ee`<li key=${e}>
<svg viewBox="0 0 24 ${24}" width="18" height="16" preserveAspectRatio="none" aria-hidden="true">${Ae(e,0,24)}</svg>
${ke(e)} ${t&&ee`<strong>${Ne(t[e])}</strong>`}${"UNKNOWN"===e&&a&&ee` <span class="hint">(${a})</span>`}
</li>`)}
</ul>`}var{MANUAL:xe,ACTIVITY:Fe,INACTIVITY:Ke,EXPIRY:_e,DISCONNECT:He}=Y,Re=["ONLINE","AWAY","OFFLINE"],Ye=[xe,Ke,_e,He],Be=[["ONLINE",[xe,Fe,_e]],["AWAY",Ye],["OFFLINE",Ye]],Pe="start,end,start_utc,end_utc,time_zone",Ze="user_id,display_name,team_id",Ve=e=>new Date(e).toISOString().replace(".000Z","Z"),qe=e=>e?"yes":"",Qe=({id:e,name:t,team:a})=>[e,t,a],Xe=({from:e,to:t},a)=>[de(e,a),de(t,a),Ve(e),Ve(t),a];function Ge(e){return e%1e3?(e/1e3).toFixed(3):String(e/1e3)}function Je(e){let t=Math.floor(e/1e3+.5),a=e=>String(e).padStart(2,"0");return[Ge(e),`${Math.floor(t/3600)}:${a(Math.floor(t/60)%60)}:${a(t%60)}`]}function et(t,a){return[t,...a.map(t=>t.map(e).join(",")),""].join("\r\n")}function tt(e,t,a){let n=H(null),s=H(""),r=H(0);return j(()=>{let t=new AbortController;n.value=null,s.value="";let a=e=>{t.signal.aborted||(n.value=e)};return async function(e,t){for(let a=1;!t.aborted;a++)try{return await e()}catch(e){let t=e instanceof V&&"resource_exhausted"===e.code?e.retryAfterMs:void 0;if(void 0===t||a===at)throw e;await new Promise(e=>setTimeout(e,t))}}(()=>e(t.signal,a),t.signal).catch(e=>{!M(e)&&!C(e)&&(s.value=function(e){return e instanceof V&&"resource_exhausted"===e.code&&void 0===e.retryAfterMs}(e)?f().tooMuch:z(e))}),()=>t.abort()},[...t,r.value]),j(()=>{let e=e=>{n.value&&a&&(n.value=a(n.value,e))};return v.add(e),()=>{v.delete(e)}},[]),{found:n,problem:s,again:r}}var at=5;function nt({reading:{found:e,problem:t,again:a},count:n,range:s,zone:r,isCut:o=!1}){let l=e.value;if(t.value){let e=ee`<button type="button" onClick=${()=>a.value++}>${h().common.retry}</button>`;return ee`<${q} kind="error" actions=${e}>${t.value}<//>`}return l?ee`${o&&ee`<${q} kind="warn">${f().cut(5e3)}<//>`}
${l.knownSince>s.start&&n>0&&ee`<${q}>${f().keptSince(Ce(l.knownSince,r))}<//>`}
${!1!==l.isWhole&&0===n&&ee`<${X} title=${f().nobody} hint=${f().nobodyHint} />`}`:ee`<${J} />`}function st(e,t,a){return e&&e.asOf<t.end?f().soFar(Oe(e.asOf,a)):""}function rt({items:e,columns:t,keyOf:a,kind:n,label:s,top:r}){let o=ee`<div class="rows-head" role="rowgroup">
<div class="row report ${n}" role="row" aria-rowindex="1">
${t.map(({name:e,label:t})=>ee`<div key=${e} class="cell ${e}" role="columnheader">${t}</div>`)}
</div>
</div>`;return ee`<${O} count=${e.length} row=${s=>{let r=e[s];return ee`<div
class="row report ${n}"
role="row"
key=${a(r)}
aria-rowindex=${s+2}
style=${{transform:`translateY(${s*N.value}px)`}}
>
${t.map(({name:e,cell:t,isHead:a,title:n})=>ee`<div key=${e} class="cell ${e}" role=${a?"rowheader":"gridcell"} title=${n?.(r)}>${t(r,s)}</div>`)}
</div>`}} head=${o} label=${s} top=${r} />`}var ot=[R.ONLINE,R.AWAY,R.OFFLINE];function lt({wanted:e,isTable:t,frame:a,again:n}){let{range:s,zone:r}=e,o=tt(async(t,a)=>a(await async function(e,t=g){let a={signal:e.signal,timeoutMs:6e4},n=await t.countByStatus({...ge(e),step:we(e.range),timeZone:e.zone},a);return{moments:i(n.counts),...be(n,e)}}({...e,signal:t})),[e.accountId,e.teamId,s.start,s.end,r,n]),l=o.found.value,u=l?.moments??[],$=u.every(({counts:e})=>!e||e.every(e=>0===e))?[]:u,p=K(()=>function(e,t){let a=Math.round((e.end-e.start)/864e5);if(a<=3)return ve(e,1===a?2:6,t).map(e=>({at:e,label:Oe(e,t)}));let n=Math.ceil(a/12);return ve(e,24,t).flatMap((e,a)=>a%n?[]:[{at:e,label:Ie(e,t)}])}(s,r),[s.start,s.end,r]),h=$[m($)],v=h?.counts?.[0]?f().most(D(h.counts[0]),Ce(h.at,r)):f().nobodyOnline;return ee`${a([st(l,s,r)],$.length>0&&(()=>function(e,t){return et("time,time_utc,time_zone,online,away,offline,unknown",e.map(({at:e,counts:a})=>[de(e,t),Ve(e),t,...(a??["","",""]).map(String),qe(!a)]))}($,r)))}
<${We} />
<${nt} reading=${o} count=${$.length} range=${s} zone=${r} />
${l&&$.length>0&&(t?ee`<${it} moments=${$} zone=${r} top=${`${s.start} ${s.end} ${e.teamId}`} />`:ee`<section class="card" aria-label=${f().views.coverage}>
<${c} />
<${d} moments=${$} start=${s.start} end=${s.end} until=${l.asOf} marks=${p} label=${f().curve} words=${({at:e,counts:t})=>f().at(Ce(e,r),t?t.map((e,t)=>f().counted(y(ot[t]),e)).join(" · "):ke("UNKNOWN"))} />
<p class="hint">${v}. ${f().curveHint}</p>
</section>`)}`}function it({moments:e,zone:t,top:a}){let n=[{name:"time",label:f().time,isHead:!0,cell:({at:e})=>Ce(e,t)},...ot.map((e,t)=>({name:`figure ${t}`,label:y(e),cell:({counts:a})=>a?ee`<${w} status=${e} />${D(a[t])}`:ee`<i class="hint">${ke("UNKNOWN")}</i>`}))];return ee`<${rt}
items=${e}
columns=${n}
keyOf=${({at:e})=>String(e)}
kind="counts"
label=${f().views.coverage}
top=${a}
/>`}function ut({wanted:e,isTable:t,frame:s,again:l,by:i}){let{range:d,zone:c}=e,m=tt((t,a)=>async function(e,t,a,n=g){let s=[],o="person"===t?{group:Z.USER,bucket:P.UNSPECIFIED,pageSize:500}:{group:Z.ALL,bucket:P.DAY,pageSize:1};await ye((t,a)=>n.summarizeTime({...ge(e),...o,timeZone:e.zone,pageToken:t},a),e,(t,n,o)=>{let l=be(t,e);for(let e of t.summaries)s.push(...r(e,l.knownSince));return a({rows:[...s],isWhole:n,isCut:o,...l}),s.length})}({...e,signal:t},i,a),[e.accountId,e.teamId,d.start,d.end,c,i,l],(e,t)=>({...e,rows:u(e.rows,t)})),p=m.found.value,h=K(()=>{let e=p?.rows??[];return"person"===i?$(e,A.value):e},[p,i,A.value]),v=o(h.map(({sums:e})=>e.times)),b=h.reduce((e,{sums:t})=>e+t.dropped,0),y=v.UNKNOWN===b?f().reasons.dropped:b?Me({times:v,dropped:b}):f().unseenOrErased,w=a.filter(e=>void 0!==n[e]||v[e]>0),k=`${d.start} ${d.end} ${e.teamId} ${i} ${t}`,N="person"===i?h.length:h[0]?.people??0,O=p?[f().people(N),p.isWhole?st(p,d,c):f().reading]:[];return ee`${s(O,h.length>0&&(()=>function(e,t){let a=[...Re,"unknown","elsewhere","connected","engaged"].map(e=>e.toLowerCase()),n=Be.flatMap(([e,t])=>t.map(t=>[e,t])),s=[Pe,Ze,"people","erased",...a.flatMap(e=>[`${e}_seconds`,e]),...n.map(([e,t])=>`${e}_by_${Y[t]}_seconds`.toLowerCase())],r=e.map(e=>{let{times:a,connected:s,engaged:r}=e.sums;return[...Xe(e,t),...Qe(e),String(e.people),qe(e.isErased),...[...Re.map(e=>a[e]),a.UNKNOWN].flatMap(Je),...[a.ELSEWHERE,s,r].flatMap(e=>e?Je(e):["",""]),...n.map(([t,a])=>Ge(((t,a)=>e.sums.causes.reduce((e,n)=>e+(n.kind===t&&n.cause===a?n.ms:0),0))(t,a)))]});return et(s.join(","),r)}(h,c)))}
<${We} />
<${nt} reading=${m} count=${h.length} range=${d} zone=${c} isCut=${p?.isCut} />
${h.length>0&&ee`<div class="together"><span class="hint">${f().together}</span> <${je} kinds=${w} times=${v} note=${y} /></div>
<${$t} rows=${h} kinds=${w} zone=${c} isTable=${t} by=${i} top=${k} />`}`}function $t({rows:e,kinds:t,zone:a,isTable:n,by:s,top:r}){let o=Math.max(...e.map(({from:e,to:t,people:a})=>(t-e)*a)),l=["person"===s?{name:"person",label:f().person,isHead:!0,cell:e=>ee`<${I} id=${e.id} name=${e.name} />`}:{name:"person",label:f().date,isHead:!0,cell:e=>function({from:e,to:t},a){let n=(t-e)/36e5;return ee`${Ie(e,a)}${[23,25].includes(n)&&ee` <span class="hint">${n} ${h().units.h}</span>`}`}(e,a)},...n?[..."person"===s?[{name:"in-team",label:f().team,cell:({team:e})=>B(e),title:({team:e})=>B(e)}]:[],...dt(t,({sums:e})=>e.times),{name:"causes",label:f().causes,cell:({sums:e})=>ze(e),title:({sums:e})=>ze(e)}]:[{name:"strip",label:ee`<span class="visually-hidden">${f().bars}</span>`,cell:({sums:e})=>ee`<span class="visually-hidden">${Se(e.times)}</span><${Le} times=${e.times} whole=${o} note=${Me(e)} />`},...dt(t,({sums:e})=>e.times)]];return ee`<div class="rows-frame" style=${{"--kinds":t.length}}>
<${rt}
items=${e}
columns=${l}
keyOf=${t=>"day"===s?String(t.from):t.id||`erased ${e.indexOf(t)}`}
kind=${`${n?"tabled":"barred"} by-${s}`}
label=${f().views.time}
top=${r}
/>
</div>`}function dt(e,t){return e.map(e=>{let a=n[e];return{name:`figure ${e.toLowerCase()}`,label:ke(e),cell:n=>ee`${void 0!==a&&ee`<${w} status=${a} />`}${t(n)[e]>0?Ne(t(n)[e]):ee`<span class="hint">0</span>`}`}})}function ct({wanted:e,isTable:t,frame:r,again:i}){let{range:d,zone:c}=e,m=tt((t,a)=>async function(e,t,a=g){let n=[];await ye((t,n)=>a.listTimelines({...ge(e),pageSize:t?100:25,pageToken:t},n),e,(a,r,o)=>{let l=be(a,e);for(let e of a.timelines)n.push(s(e,l.knownSince));return t({lines:[...n],isWhole:r,isCut:o,...l}),n.length})}({...e,signal:t},a),[e.accountId,e.teamId,d.start,d.end,c,i],(e,t)=>({...e,lines:u(e.lines,t)})),p=m.found.value,h=K(()=>$(p?.lines??[],A.value).map(e=>({...e,times:l(e.parts)})),[p,A.value]),v=H(null),b=o(h.map(({times:e})=>e)),y=a.filter(e=>void 0!==n[e]||b[e]>0),w=`${d.start} ${e.teamId} ${t}`,k=p?[f().people(h.length),p.isWhole?st(p,d,c):f().reading]:[];return ee`${r(k,h.length>0&&(()=>function(e,t){let a=e.flatMap(e=>e.parts.map(a=>[...Xe(a,t),...Qe(e),qe(e.isErased),a.kind,a.cause===Y.UNSPECIFIED?"":Y[a.cause],...Je(a.to-a.from)]));return et(`${Pe},${Ze},erased,status,cause,seconds,length`,a)}(h,c)))}
<${We} />
<${nt} reading=${m} count=${h.length} range=${d} zone=${c} isCut=${p?.isCut} />
${h.length>0&&(t?ee`<${ft} rows=${h} zone=${c} top=${w} />`:ee`<${je} kinds=${y} note=${function(e){let t=new Set(e.map(({reason:e})=>e));return["dropped","unseen","erased"].filter(e=>t.has(e)).map(e=>f().reasons[e]).join(", ")}(h.flatMap(({parts:e})=>e))} />
<${mt} rows=${h} kinds=${y} wanted=${e} top=${w} onOpen=${e=>v.value=e} />`)}
${v.value&&ee`<${vt} row=${v.value} wanted=${e} onClose=${()=>v.value=null} />`}`}function mt({rows:e,kinds:t,wanted:a,top:n,onOpen:s}){let{range:r,zone:o}=a,l=K(()=>ve(r,2,o),[r.start,r.end,o]),i=[{name:"person",label:f().person,cell:e=>ee`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${()=>s(e)}>
<${I} id=${e.id} name=${e.name} />
</button>`,isHead:!0},{name:"strip",label:ee`<${pt} start=${r.start} end=${r.end} marks=${l} zone=${o} />`,cell:e=>ee`<span class="visually-hidden">${Se(e.times)}</span>
<${De} parts=${e.parts} start=${r.start} end=${r.end} marks=${l} zone=${o} />`},...dt(t,e=>e.times)];return ee`<div class="rows-frame" style=${{"--kinds":t.length}}>
<${rt} items=${e} columns=${i} keyOf=${t=>t.id||`erased ${e.indexOf(t)}`} kind="barred of-day" label=${f().views.timeline} top=${n} />
</div>`}function pt({start:e,end:t,marks:a,zone:n}){return ee`<span class="visually-hidden">${f().time}</span>
<div class="marks" aria-hidden="true">
${a.map(a=>ee`<span key=${a} style=${{left:(a-e)/(t-e)*100+"%"}}>${Oe(a,n).replace(/:00$/,"")}</span>`)}
</div>`}function ft({rows:e,zone:t,top:a}){let n=K(()=>e.flatMap((e,t)=>e.parts.map(a=>({row:e,part:a,number:t}))),[e]),s=[{name:"person",label:f().person,isHead:!0,cell:({row:e})=>ee`<${I} id=${e.id} name=${e.name} />`},{name:"from",label:f().from,cell:({part:e})=>Oe(e.from,t,!0)},{name:"to",label:f().to,cell:({part:e})=>Oe(e.to,t,!0)},{name:"what",label:f().status,cell:({part:e})=>ee`<${ht} kind=${e.kind} />`},{name:"why",label:f().why,cell:({part:e})=>Ee(e),title:({part:e})=>Ee(e)},{name:"long",label:f().length,cell:({part:e})=>Ne(e.to-e.from)}];return ee`<${rt} items=${n} columns=${s} keyOf=${({part:e,number:t})=>`${t} ${e.from}`} kind="parts" label=${f().views.timeline} top=${a} />`}function ht({kind:e}){let t=n[e];return void 0===t?ee`<i class="hint">${ke(e)}</i>`:ee`<${k} status=${t} />`}function vt({row:e,wanted:{range:t,zone:a},onClose:n}){return ee`<${ae} title=${f().dayOf(e.id?E(e.id):h().common.erased)} onClose=${n}>
<p class="hint">${function(e,t){return _(`report date ${t}`,{weekday:"long",day:"numeric",month:"long",year:"numeric",timeZone:t}).format(e)}(t.start,a)} · ${f().zone(a)}</p>
<${De} parts=${e.parts} start=${t.start} end=${t.end} marks=${ve(t,2,a)} zone=${a} />
<p>${Se(e.times)}</p>
<div class="answers" tabindex="0" role="region" aria-label=${f().looks.table}>
<table class="plain stacked of-day">
<thead>
<tr>${[f().time,f().status,f().why,f().length].map(e=>ee`<th key=${e} scope="col">${e}</th>`)}</tr>
</thead>
<tbody>
${e.parts.map(e=>ee`<tr key=${e.from}>
<td>${Oe(e.from,a,!0)} – ${Oe(e.to,a,!0)}</td>
<td><${ht} kind=${e.kind} /></td>
<td class="breaks">${Ee(e)}</td>
<td>${Ne(e.to-e.from)}</td>
</tr>`)}
</tbody>
</table>
</div>
<div class="dialog-actions">
${e.id&&ee`<a class="quiet-link" href=${se("person",e.id)}>${f().openPerson}</a>`}
<button type="button" autofocus onClick=${n}>${h().common.close}</button>
</div>
<//>`}var gt=["timeline","time","coverage"],bt=U(async()=>(await p(),yt));function yt(){let e=H(""),t=H(""),a=H(0);j(()=>{let a=new AbortController;return t.value="",async function(e,t){if(W("workflow.read"))return(await g.getAccount({accountId:e},{signal:t})).account?.timeZone??"";let a=Date.now(),n={startTime:G(a-1),endTime:G(a),step:P.DAY};return(await g.countByStatus({accountId:e,...n},{signal:t})).timeZone}(b.peek(),a.signal).then(t=>e.value=t||"UTC",e=>{!M(e)&&!C(e)&&(t.value=z(e))}),()=>a.abort()},[a.value]);let n=te.value.rest[0]??gt[0];if(!gt.includes(n))return ee`<${X} isPage title=${h().errors.noPage} />`;let s=ee`<button type="button" onClick=${()=>a.value++}>${h().common.retry}</button>`;return ee`<div class="reports-head">
<h1>${f().title}</h1>
<nav class="chips" aria-label=${f().view}>
${gt.map(e=>ee`<a key=${e} class="chip" href=${se("reports",e)} aria-current=${e===n?"page":null}>${f().views[e]}</a>`)}
</nav>
</div>
${t.value&&ee`<${q} kind="error" actions=${s}>${t.value}<//>`}
${e.value?ee`<${wt} view=${n} zone=${e.value} />`:!t.value&&ee`<${J} />`}`}function wt({view:e,zone:a}){let n=function(e){try{return ie(e),!0}catch{return!1}}(a)?a:"UTC",s="timeline"===e,r=H("today"),o=H("week"),l=me($e(Date.now(),n),-1),[i,u,$]=[H(l),H(l),H(l)],d=H("person"),c=H(!1),m=H(0),p=s?r:o,[v,g]=s?[i.value,i.value]:[u.value,$.value],y=K(()=>function(e,t,a,n,s){let r=$e(n,s),[o,l]=function(e,t,a,n){let s=me(n,-(new Date(ce(n)).getUTCDay()+6)%7),r=`${n.slice(0,8)}01`;switch(e){case"today":return[n,n];case"yesterday":return[me(n,-1),me(n,-1)];case"week":return[s,me(s,6)];case"last-week":return[me(s,-7),me(s,-1)];case"month":return[r,me(`${me(r,31).slice(0,8)}01`,-1)];case"last-month":{let e=me(r,-1);return[`${e.slice(0,8)}01`,e]}default:return[t,a]}}(e,t,a,r);return!he(o)||!he(l)||l<o||ce(l)-ce(o)>=316224e5?null:{start:fe(o,s),end:fe(me(l,1),s),first:o,last:l}}(p.value,v,g,Date.now(),n),[p.value,v,g,n,m.value]),w=(r,o)=>ee`<div class="tools">
<${T} all=${h().board.allTeams} isKept />
<${kt} label=${f().range} of=${p} choices=${s?oe:re} name=${e=>s&&"days"===e?f().day:f().ranges[e]} />
${"days"===p.value&&(s?ee`<${Nt} label=${f().date} day=${i} />`:ee`<${Nt} label=${h().history.firstDay} day=${u} /><${Nt} label=${h().history.lastDay} day=${$} />`)}
${"time"===e&&ee`<${kt} label=${f().bars} of=${d} choices=${["person","day"]} name=${e=>f().by[e]} />`}
<label class="labelled"
>${f().look}
<select onChange=${e=>c.value="table"===e.currentTarget.value}>
${["picture","table"].map(e=>ee`<option value=${e} selected=${"table"===e===c.value}>${f().looks[e]}</option>`)}
</select></label
>
${o&&ee`<button type="button" onClick=${()=>t([b.value,e,y?.first,y?.last!==y?.first&&y?.last].filter(Boolean).join("-")+".csv",o())}>${h().history.download}</button>`}
<div class="standing end">
<p class="hint" role="status">${[...r,f().zone(n)].filter(Boolean).join(" · ")}</p>
<button type="button" class="quiet" onClick=${()=>m.value++}>${h().history.refresh}</button>
</div>
</div>
${n!==a&&ee`<${q} kind="warn">${f().zoneUnknown(a)}<//>`}`;if(!y){let e=!v||!g||g<v;return ee`${w([],!1)}<${q} kind="warn">${e?h().history.noDays:f().tooLong(366)}<//>`}let k={wanted:{accountId:b.value,teamId:ne.value,range:y,zone:n},isTable:c.value,frame:w,again:m.value};switch(e){case"timeline":return ee`<${ct} key=${e} ...${k} />`;case"time":return ee`<${ut} key=${e} ...${k} by=${d.value} />`;default:return ee`<${lt} key=${e} ...${k} />`}}function kt({label:e,of:t,choices:a,name:n}){return ee`<label class="labelled"
>${e}
<select onChange=${e=>t.value=e.currentTarget.value}>
${a.map(e=>ee`<option key=${e} value=${e} selected=${e===t.value}>${n(e)}</option>`)}
</select></label
>`}function Nt({label:e,day:t}){return ee`<label class="labelled"
>${e}
<input type="date" value=${t.value} onChange=${e=>t.value=e.currentTarget.value}
/></label>`}export{bt as ReportsPage};