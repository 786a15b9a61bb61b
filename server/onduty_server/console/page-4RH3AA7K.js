import{b as e,c as t}from"./chunk-BQKN7RVL.js";import{a,b as n,c as s,d as r,e as o,f as l,g as i,h as u,i as $,j as d,k as c,m}from"./chunk-2HLYBPVW.js";import{a as p,b as f}from"./chunk-Q7KNFQGB.js";import{$ as h,Ba as v,E as g,F as b,Ga as y,Ha as w,Ia as k,Ja as N,Ka as O,La as E,M as S,Ma as C,Pa as z,Ra as I,Sa as U,Va as W,Wa as T,Y as M,Z as K,aa as D,ba as L,c as j,ca as H,e as x,ga as B,h as R,i as A,j as F,ka as P,l as _,m as Z,oa as Y,p as Q,pa as q,q as V,qa as G,r as J,s as X,sa as ee,t as te,v as ae}from"./chunk-QPBV5KOX.js";var ne=["today","yesterday","week","last-week","month","last-month","days"],se=["today","yesterday","days"],re=new Map;function oe(e){let t=re.get(e);if(!t){let a="2-digit",n={year:"numeric",month:a,day:a,hour:a,minute:a,second:a};t=new Intl.DateTimeFormat("en",{...n,hourCycle:"h23",era:"short",timeZone:e}),re.set(e,t)}return t}function le(e,t){let a=Object.fromEntries(oe(t).formatToParts(e).map(({type:e,value:t})=>[e,Number(t)]));return Date.UTC(a.year,a.month-1,a.day,a.hour,a.minute,a.second)}function ie(e,t){return new Date(le(e,t)).toISOString().slice(0,10)}function ue(e){return Date.parse(`${e}T00:00:00Z`)}function $e(e,t){return new Date(ue(e)+864e5*t).toISOString().slice(0,10)}function de(e,t,a){let n=ue(e)+6e4*t,s=[n-864e5,n+864e5].map(e=>le(e,a)-e),r=s.map(e=>n-e).filter(e=>le(e,a)===n);return r.length?Math.min(...r):n-s[0]}function ce(e,t){return de(e,0,t)}function me(e){return/^\d{4}-\d\d-\d\d$/.test(e)&&!Number.isNaN(ue(e))}function pe({first:e,last:t},a,n){let s=[];for(let r=e;r<=t;r=$e(r,1))for(let e=0;e<24;e+=a){let t=de(r,60*e,n);t!==s.at(-1)&&s.push(t)}return s}var fe=({accountId:e,teamId:t,range:a})=>({accountId:e,teamId:t,startTime:V(a.start),endTime:V(a.end)}),he=(e,{range:t})=>({asOf:Q(e.asOf)??t.end,knownSince:Q(e.knownSince)??0});async function ve(e,{signal:t},a){let n="",s=0;do{let r=await e(n,{signal:t,timeoutMs:6e4});if(t.aborted)return;if(n=r.nextPageToken,s=a(r,""===n,!1),n&&s>=5e3)return void a({...r,timelines:[],summaries:[]},!0,!0)}while(n)}function ge({start:e,end:t}){let a=(t-e)/864e5;return a<=3?_.QUARTER_HOUR:a<=35?_.HOUR:_.DAY}function be(e){return"ELSEWHERE"===e||"UNKNOWN"===e?f().kinds[e]:h().status[e]}function ye(e){let{units:t}=h();if(e<H)return`${Math.round(e/L)} ${t.s}`;let a=Math.round(e/H),[n,s]=[Math.floor(a/60),a%60];return[n&&`${D(n)} ${t.h}`,(s||!n)&&`${s} ${t.min}`].filter(Boolean).join(" ")}function we(e,t,a=!1){let n=a?"2-digit":void 0;return B(`report time ${n} ${t}`,{hour:"2-digit",minute:"2-digit",second:n,hourCycle:"h23",timeZone:t}).format(e)}function ke(e,t){return B(`report day ${t}`,{weekday:"short",day:"numeric",month:"short",timeZone:t}).format(e)}function Ne(e,t){return`${ke(e,t)}, ${we(e,t)}`}function Oe({kind:e,cause:t,reason:a}){return"UNKNOWN"===e?a?f().reasons[a]:"":t===F.UNSPECIFIED?"":z(t)}function Ee(e){return a.filter(t=>e[t]>0).map(t=>`${be(t)} ${ye(e[t])}`).join(", ")}function Se(e){let t=a.map(t=>{let a=e.causes.filter(e=>e.kind===t).map(({cause:e,ms:t})=>`${z(e)||f().noCause} ${ye(t)}`);return a.length?`${be(t)}: ${a.join(", ")}`:""});return e.times.UNKNOWN&&t.push(`${be("UNKNOWN")}: ${Ce(e)}`),e.connected&&t.push(f().connected(ye(e.connected))),e.engaged&&t.push(f().engaged(ye(e.engaged))),t.filter(Boolean).join("; ")}function Ce({times:e,dropped:t}){let a=e.UNKNOWN-t;return[t&&`${f().reasons.dropped} ${ye(t)}`,a&&`${f().unseenOrErased} ${ye(a)}`].filter(Boolean).join(", ")}var ze=1e3,Ie={ONLINE:1,AWAY:2/3,OFFLINE:1/3,ELSEWHERE:1/12,UNKNOWN:1};function Ue(){return J`<svg class="visually-hidden" aria-hidden="true" width="0" height="0">
<pattern id="hatching" patternUnits="userSpaceOnUse" width="10" height="6">
<path d="M-1 7L11 -1M-1 1L1 -1M9 7L11 5" class="hatch" />
</pattern>
</svg>`}function We(e,t,a,n="",s=e){let r=24*Ie[e],o="UNKNOWN"===e?"url(#hatching)":null,l={x:t,width:Math.max(.6,a-t),y:24-r,height:r};return J`<rect key=${s} class=${"UNKNOWN"===e?"unknown":`part ${e.toLowerCase()}`} fill=${o} ...${l}>
${n&&J`<title>${n}</title>`}
</rect>`}function Te({parts:e,start:t,end:a,marks:n,zone:s}){let r=e=>(e-t)/(a-t)*ze;return J`<svg class="day-bar" viewBox="0 0 ${ze} ${24}" preserveAspectRatio="none" aria-hidden="true">
<path class="grid" d=${n.map(e=>`M${r(e).toFixed(1)} 0v24`).join("")} vector-effect="non-scaling-stroke" />
${e.map(e=>We(e.kind,r(e.from),r(e.to),function(e,t){return`${[be(e.kind),Oe(e)].filter(Boolean).join(", ")}: ${we(e.from,t,!0)} – ${we(e.to,t,!0)} (${ye(e.to-e.from)})`}(e,s),e.from))}
</svg>`}function Me({times:e,whole:t,note:n}){let s=0,r=e=>t?e/t*ze:0;return J`<svg class="day-bar" viewBox="0 0 ${ze} ${24}" preserveAspectRatio="none" aria-hidden="true">
${a.filter(t=>e[t]>0).map(t=>{let a=s;return s+=e[t],We(t,r(a),r(s),`${be(t)}: ${"UNKNOWN"===t?n:ye(e[t])}`)})}
</svg>`}function Ke({kinds:e,times:t,note:a}){return J`<ul class="legend">
${e.map(e=>J`<li key=${e}>
<svg viewBox="0 0 24 ${24}" width="18" height="16" preserveAspectRatio="none" aria-hidden="true">${We(e,0,24)}</svg>
${be(e)} ${t&&J`<strong>${ye(t[e])}</strong>`}${"UNKNOWN"===e&&a&&J` <span class="hint">(${a})</span>`}
</li>`)}
</ul>`}var De=e=>new Date(e).toISOString(),Le=e=>String(e/1e3),je=e=>e===F.UNSPECIFIED?"":F[e],He=({id:e,name:t,team:a,isErased:n})=>[e,t,a,n?"true":""];function xe(t,a){return[t,...a.map(t=>t.map(e).join(",")),""].join("\r\n")}function Be(e,t,a){let n=R(null),s=R(""),r=R(0);return j(()=>{let t=new AbortController;return n.value=null,s.value="",e(t.signal,e=>{t.signal.aborted||(n.value=e)}).catch(e=>{!U(e)&&!S(e)&&(s.value=I(e))}),()=>t.abort()},[...t,r.value]),j(()=>{let e=e=>{n.value&&a&&(n.value=a(n.value,e))};return v.add(e),()=>{v.delete(e)}},[]),{found:n,problem:s,again:r}}function Re({reading:{found:e,problem:t,again:a},count:n,range:s,zone:r,isCut:o=!1}){let l=e.value;if(t.value){let e=J`<button type="button" onClick=${()=>a.value++}>${h().common.retry}</button>`;return J`<${Y} kind="error" actions=${e}>${t.value}<//>`}return l?J`${o&&J`<${Y} kind="warn">${f().cut(5e3)}<//>`}
${l.knownSince>s.start&&n>0&&J`<${Y}>${f().keptSince(Ne(l.knownSince,r))}<//>`}
${!1!==l.isWhole&&0===n&&J`<${q} title=${f().nobody} hint=${f().nobodyHint} />`}`:J`<${G} />`}function Ae(e,t,a){return e&&e.asOf<t.end?f().soFar(we(e.asOf,a)):""}function Fe({items:e,columns:t,keyOf:a,kind:n,label:s,top:r}){let o=J`<div class="rows-head" role="rowgroup">
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
</div>`}} head=${o} label=${s} top=${r} />`}var Pe=[A.ONLINE,A.AWAY,A.OFFLINE];function _e({wanted:e,isTable:t,frame:a,again:n}){let{range:s,zone:r}=e,o=Be(async(t,a)=>a(await async function(e,t=g){let a={signal:e.signal,timeoutMs:6e4},n=await t.countByStatus({...fe(e),step:ge(e.range),timeZone:e.zone},a);return{moments:i(n.counts),...he(n,e)}}({...e,signal:t})),[e.accountId,e.teamId,s.start,s.end,r,n]),l=o.found.value,u=l?.moments??[],$=u.every(({counts:e})=>!e||e.every(e=>0===e))?[]:u,p=x(()=>function(e,t){let a=Math.round((e.end-e.start)/864e5);if(a<=3)return pe(e,1===a?2:6,t).map(e=>({at:e,label:we(e,t)}));let n=Math.ceil(a/12);return pe(e,24,t).flatMap((e,a)=>a%n?[]:[{at:e,label:ke(e,t)}])}(s,r),[s.start,s.end,r]),h=$[m($)],v=h?.counts?.[0]?f().most(D(h.counts[0]),Ne(h.at,r)):f().nobodyOnline;return J`${a([Ae(l,s,r)],$.length>0&&(()=>function(e){return xe("time,online,away,offline,unknown",e.map(({at:e,counts:t})=>[De(e),...(t??["","",""]).map(String),t?"":"true"]))}($)))}
<${Ue} />
<${Re} reading=${o} count=${$.length} range=${s} zone=${r} />
${l&&$.length>0&&(t?J`<${Ze} moments=${$} zone=${r} top=${`${s.start} ${s.end} ${e.teamId}`} />`:J`<section class="card" aria-label=${f().views.coverage}>
<${c} />
<${d} moments=${$} start=${s.start} end=${s.end} until=${l.asOf} marks=${p} label=${f().curve} words=${({at:e,counts:t})=>f().at(Ne(e,r),t?t.map((e,t)=>f().counted(y(Pe[t]),e)).join(" · "):be("UNKNOWN"))} />
<p class="hint">${v}. ${f().curveHint}</p>
</section>`)}`}function Ze({moments:e,zone:t,top:a}){let n=[{name:"time",label:f().time,isHead:!0,cell:({at:e})=>Ne(e,t)},...Pe.map((e,t)=>({name:`figure ${t}`,label:y(e),cell:({counts:a})=>a?J`<${w} status=${e} />${D(a[t])}`:J`<i class="hint">${be("UNKNOWN")}</i>`}))];return J`<${Fe}
items=${e}
columns=${n}
keyOf=${({at:e})=>String(e)}
kind="counts"
label=${f().views.coverage}
top=${a}
/>`}function Ye({wanted:e,isTable:t,frame:s,again:l,by:i}){let{range:d,zone:c}=e,m=Be((t,a)=>async function(e,t,a,n=g){let s=[],o="person"===t?{group:Z.USER,bucket:_.UNSPECIFIED,pageSize:250}:{group:Z.ALL,bucket:_.DAY,pageSize:1};await ve((t,a)=>n.summarizeTime({...fe(e),...o,timeZone:e.zone,pageToken:t},a),e,(t,n,o)=>{let l=he(t,e);for(let e of t.summaries)s.push(...r(e,l.knownSince));return a({rows:[...s],isWhole:n,isCut:o,...l}),s.length})}({...e,signal:t},i,a),[e.accountId,e.teamId,d.start,d.end,c,i,l],(e,t)=>({...e,rows:u(e.rows,t)})),p=m.found.value,h=x(()=>{let e=p?.rows??[];return"person"===i?$(e,K.value):e},[p,i,K.value]),v=o(h.map(({sums:e})=>e.times)),b=h.reduce((e,{sums:t})=>e+t.dropped,0),y=v.UNKNOWN===b?f().reasons.dropped:b?Ce({times:v,dropped:b}):f().unseenOrErased,w=a.filter(e=>void 0!==n[e]||v[e]>0),k=`${d.start} ${d.end} ${e.teamId} ${i} ${t}`,N="person"===i?h.length:h[0]?.people??0,O=p?[f().people(N),p.isWhole?Ae(p,d,c):f().reading]:[];return J`${s(O,h.length>0&&(()=>function(e){return xe("start_time,end_time,user_id,display_name,team_id,erased,people,status,cause,seconds",e.flatMap(e=>{let{times:t,causes:a}=e.sums,n=(t,a,n)=>[De(e.from),De(e.to),...He(e),String(e.people),t,a,Le(n)];return[...a.map(e=>n(e.kind,je(e.cause),e.ms)),...t.ELSEWHERE?[n("ELSEWHERE","",t.ELSEWHERE)]:[],...t.UNKNOWN?[n("UNKNOWN","",t.UNKNOWN)]:[]]}))}(h)))}
<${Ue} />
<${Re} reading=${m} count=${h.length} range=${d} zone=${c} isCut=${p?.isCut} />
${h.length>0&&J`<div class="together"><span class="hint">${f().together}</span> <${Ke} kinds=${w} times=${v} note=${y} /></div>
<${Qe} rows=${h} kinds=${w} zone=${c} isTable=${t} by=${i} top=${k} />`}`}function Qe({rows:e,kinds:t,zone:a,isTable:n,by:s,top:r}){let o=Math.max(...e.map(({from:e,to:t,people:a})=>(t-e)*a)),l=["person"===s?{name:"person",label:f().person,isHead:!0,cell:e=>J`<${E} id=${e.id} name=${e.name} />`}:{name:"person",label:f().date,isHead:!0,cell:e=>function({from:e,to:t},a){let n=(t-e)/36e5;return J`${ke(e,a)}${[23,25].includes(n)&&J` <span class="hint">${n} ${h().units.h}</span>`}`}(e,a)},...n?[..."person"===s?[{name:"in-team",label:f().team,cell:({team:e})=>P(e),title:({team:e})=>P(e)}]:[],...qe(t,({sums:e})=>e.times),{name:"causes",label:f().causes,cell:({sums:e})=>Se(e),title:({sums:e})=>Se(e)}]:[{name:"strip",label:J`<span class="visually-hidden">${f().bars}</span>`,cell:({sums:e})=>J`<span class="visually-hidden">${Ee(e.times)}</span><${Me} times=${e.times} whole=${o} note=${Ce(e)} />`},...qe(t,({sums:e})=>e.times)]];return J`<div class="rows-frame" style=${{"--kinds":t.length}}>
<${Fe}
items=${e}
columns=${l}
keyOf=${t=>"day"===s?String(t.from):t.id||`erased ${e.indexOf(t)}`}
kind=${`${n?"tabled":"barred"} by-${s}`}
label=${f().views.time}
top=${r}
/>
</div>`}function qe(e,t){return e.map(e=>{let a=n[e];return{name:`figure ${e.toLowerCase()}`,label:be(e),cell:n=>J`${void 0!==a&&J`<${w} status=${a} />`}${t(n)[e]>0?ye(t(n)[e]):J`<span class="hint">0</span>`}`}})}function Ve({wanted:e,isTable:t,frame:r,again:i}){let{range:d,zone:c}=e,m=Be((t,a)=>async function(e,t,a=g){let n=[];await ve((t,n)=>a.listTimelines({...fe(e),pageSize:100,pageToken:t},n),e,(a,r,o)=>{let l=he(a,e);for(let e of a.timelines)n.push(s(e,l.knownSince));return t({lines:[...n],isWhole:r,isCut:o,...l}),n.length})}({...e,signal:t},a),[e.accountId,e.teamId,d.start,d.end,c,i],(e,t)=>({...e,lines:u(e.lines,t)})),p=m.found.value,h=x(()=>$(p?.lines??[],K.value).map(e=>({...e,times:l(e.parts)})),[p,K.value]),v=R(null),b=o(h.map(({times:e})=>e)),y=a.filter(e=>void 0!==n[e]||b[e]>0),w=`${d.start} ${e.teamId} ${t}`,k=p?[f().people(h.length),p.isWhole?Ae(p,d,c):f().reading]:[];return J`${r(k,h.length>0&&(()=>function(e){return xe("start_time,end_time,user_id,display_name,team_id,erased,status,cause,seconds",e.flatMap(e=>e.parts.map(t=>[De(t.from),De(t.to),...He(e),t.kind,je(t.cause),Le(t.to-t.from)])))}(h)))}
<${Ue} />
<${Re} reading=${m} count=${h.length} range=${d} zone=${c} isCut=${p?.isCut} />
${h.length>0&&(t?J`<${Xe} rows=${h} zone=${c} top=${w} />`:J`<${Ke} kinds=${y} note=${function(e){let t=new Set(e.map(({reason:e})=>e));return["dropped","unseen","erased"].filter(e=>t.has(e)).map(e=>f().reasons[e]).join(", ")}(h.flatMap(({parts:e})=>e))} />
<${Ge} rows=${h} kinds=${y} wanted=${e} top=${w} onOpen=${e=>v.value=e} />`)}
${v.value&&J`<${tt} row=${v.value} wanted=${e} onClose=${()=>v.value=null} />`}`}function Ge({rows:e,kinds:t,wanted:a,top:n,onOpen:s}){let{range:r,zone:o}=a,l=x(()=>pe(r,2,o),[r.start,r.end,o]),i=[{name:"person",label:f().person,cell:e=>J`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${()=>s(e)}>
<${E} id=${e.id} name=${e.name} />
</button>`,isHead:!0},{name:"strip",label:J`<${Je} start=${r.start} end=${r.end} marks=${l} zone=${o} />`,cell:e=>J`<span class="visually-hidden">${Ee(e.times)}</span>
<${Te} parts=${e.parts} start=${r.start} end=${r.end} marks=${l} zone=${o} />`},...qe(t,e=>e.times)];return J`<div class="rows-frame" style=${{"--kinds":t.length}}>
<${Fe} items=${e} columns=${i} keyOf=${t=>t.id||`erased ${e.indexOf(t)}`} kind="barred of-day" label=${f().views.timeline} top=${n} />
</div>`}function Je({start:e,end:t,marks:a,zone:n}){return J`<span class="visually-hidden">${f().time}</span>
<div class="marks" aria-hidden="true">
${a.map(a=>J`<span key=${a} style=${{left:(a-e)/(t-e)*100+"%"}}>${we(a,n).replace(/:00$/,"")}</span>`)}
</div>`}function Xe({rows:e,zone:t,top:a}){let n=x(()=>e.flatMap((e,t)=>e.parts.map(a=>({row:e,part:a,number:t}))),[e]),s=[{name:"person",label:f().person,isHead:!0,cell:({row:e})=>J`<${E} id=${e.id} name=${e.name} />`},{name:"from",label:f().from,cell:({part:e})=>we(e.from,t,!0)},{name:"to",label:f().to,cell:({part:e})=>we(e.to,t,!0)},{name:"what",label:f().status,cell:({part:e})=>J`<${et} kind=${e.kind} />`},{name:"why",label:f().why,cell:({part:e})=>Oe(e),title:({part:e})=>Oe(e)},{name:"long",label:f().length,cell:({part:e})=>ye(e.to-e.from)}];return J`<${Fe} items=${n} columns=${s} keyOf=${({part:e,number:t})=>`${t} ${e.from}`} kind="parts" label=${f().views.timeline} top=${a} />`}function et({kind:e}){let t=n[e];return void 0===t?J`<i class="hint">${be(e)}</i>`:J`<${k} status=${t} />`}function tt({row:e,wanted:{range:t,zone:a},onClose:n}){return J`<${ee} title=${f().dayOf(e.id?C(e.id):h().common.erased)} onClose=${n}>
<p class="hint">${function(e,t){return B(`report date ${t}`,{weekday:"long",day:"numeric",month:"long",year:"numeric",timeZone:t}).format(e)}(t.start,a)} · ${f().zone(a)}</p>
<${Te} parts=${e.parts} start=${t.start} end=${t.end} marks=${pe(t,2,a)} zone=${a} />
<p>${Ee(e.times)}</p>
<div class="answers" tabindex="0" role="region" aria-label=${f().looks.table}>
<table class="plain stacked of-day">
<thead>
<tr>${[f().time,f().status,f().why,f().length].map(e=>J`<th key=${e} scope="col">${e}</th>`)}</tr>
</thead>
<tbody>
${e.parts.map(e=>J`<tr key=${e.from}>
<td>${we(e.from,a,!0)} – ${we(e.to,a,!0)}</td>
<td><${et} kind=${e.kind} /></td>
<td class="breaks">${Oe(e)}</td>
<td>${ye(e.to-e.from)}</td>
</tr>`)}
</tbody>
</table>
</div>
<div class="dialog-actions">
${e.id&&J`<a class="quiet-link" href=${ae("person",e.id)}>${f().openPerson}</a>`}
<button type="button" autofocus onClick=${n}>${h().common.close}</button>
</div>
<//>`}var at=["timeline","time","coverage"],nt=T(async()=>(await p(),st));function st(){let e=R(""),t=R(""),a=R(0);j(()=>{let a=new AbortController;return t.value="",async function(e,t){if(M("workflow.read"))return(await g.getAccount({accountId:e},{signal:t})).account?.timeZone??"";let a=Date.now(),n={startTime:V(a-1),endTime:V(a),step:_.DAY};return(await g.countByStatus({accountId:e,...n},{signal:t})).timeZone}(b.peek(),a.signal).then(t=>e.value=t||"UTC",e=>{!U(e)&&!S(e)&&(t.value=I(e))}),()=>a.abort()},[a.value]);let n=X.value.rest[0]??at[0];if(!at.includes(n))return J`<${q} isPage title=${h().errors.noPage} />`;let s=J`<button type="button" onClick=${()=>a.value++}>${h().common.retry}</button>`;return J`<div class="reports-head">
<h1>${f().title}</h1>
<nav class="chips" aria-label=${f().view}>
${at.map(e=>J`<a key=${e} class="chip" href=${ae("reports",e)} aria-current=${e===n?"page":null}>${f().views[e]}</a>`)}
</nav>
</div>
${t.value&&J`<${Y} kind="error" actions=${s}>${t.value}<//>`}
${e.value?J`<${rt} view=${n} zone=${e.value} />`:!t.value&&J`<${G} />`}`}function rt({view:e,zone:a}){let n=function(e){try{return oe(e),!0}catch{return!1}}(a)?a:"UTC",s="timeline"===e,r=R("today"),o=R("week"),l=$e(ie(Date.now(),n),-1),[i,u,$]=[R(l),R(l),R(l)],d=R("person"),c=R(!1),m=R(0),p=s?r:o,[v,g]=s?[i.value,i.value]:[u.value,$.value],y=x(()=>function(e,t,a,n,s){let r=ie(n,s),[o,l]=function(e,t,a,n){let s=$e(n,-(new Date(ue(n)).getUTCDay()+6)%7),r=`${n.slice(0,8)}01`;switch(e){case"today":return[n,n];case"yesterday":return[$e(n,-1),$e(n,-1)];case"week":return[s,$e(s,6)];case"last-week":return[$e(s,-7),$e(s,-1)];case"month":return[r,$e(`${$e(r,31).slice(0,8)}01`,-1)];case"last-month":{let e=$e(r,-1);return[`${e.slice(0,8)}01`,e]}default:return[t,a]}}(e,t,a,r);return!me(o)||!me(l)||l<o||ue(l)-ue(o)>=316224e5?null:{start:ce(o,s),end:ce($e(l,1),s),first:o,last:l}}(p.value,v,g,Date.now(),n),[p.value,v,g,n,m.value]),w=(r,o)=>J`<div class="tools">
<${W} all=${h().board.allTeams} isKept />
<${ot} label=${f().range} of=${p} choices=${s?se:ne} name=${e=>s&&"days"===e?f().day:f().ranges[e]} />
${"days"===p.value&&(s?J`<${lt} label=${f().date} day=${i} />`:J`<${lt} label=${h().history.firstDay} day=${u} /><${lt} label=${h().history.lastDay} day=${$} />`)}
${"time"===e&&J`<${ot} label=${f().bars} of=${d} choices=${["person","day"]} name=${e=>f().by[e]} />`}
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
${n!==a&&J`<${Y} kind="warn">${f().zoneUnknown(a)}<//>`}`;if(!y){let e=!v||!g||g<v;return J`${w([],!1)}<${Y} kind="warn">${e?h().history.noDays:f().tooLong(366)}<//>`}let k={wanted:{accountId:b.value,teamId:te.value,range:y,zone:n},isTable:c.value,frame:w,again:m.value};switch(e){case"timeline":return J`<${Ve} key=${e} ...${k} />`;case"time":return J`<${Ye} key=${e} ...${k} by=${d.value} />`;default:return J`<${_e} key=${e} ...${k} />`}}function ot({label:e,of:t,choices:a,name:n}){return J`<label class="labelled"
>${e}
<select onChange=${e=>t.value=e.currentTarget.value}>
${a.map(e=>J`<option key=${e} value=${e} selected=${e===t.value}>${n(e)}</option>`)}
</select></label
>`}function lt({label:e,day:t}){return J`<label class="labelled"
>${e}
<input type="date" value=${t.value} onChange=${e=>t.value=e.currentTarget.value}
/></label>`}export{nt as ReportsPage};