import{b as e,c as t}from"./chunk-Q53L6KD7.js";import{a,b as n,c as s,d as r,e as o,f as l,g as i,h as u,i as $,j as d,k as c,m}from"./chunk-H7Y74U2X.js";import{a as p,b as f}from"./chunk-2WZ253VZ.js";import{$ as h,Ba as v,E as g,F as b,Ga as y,Ha as w,Ia as k,Ja as N,Ka as O,La as I,M as C,Ma as S,Pa as E,Ra as z,Sa as T,Va as M,Wa as U,Y as W,Z as D,aa as L,ba as A,c as j,ca as x,da as F,e as K,ga as H,h as R,i as Y,j as Z,ka as _,l as B,m as P,oa as q,p as V,pa as G,q as J,qa as Q,r as X,s as ee,sa as te,t as ae,v as ne}from"./chunk-GW4JFDYM.js";var se=["today","yesterday","week","last-week","month","last-month","days"],re=["today","yesterday","days"],oe=new Map;function le(e){let t=oe.get(e);if(!t){let a="2-digit",n={year:"numeric",month:a,day:a,hour:a,minute:a,second:a};t=new Intl.DateTimeFormat("en",{...n,hourCycle:"h23",era:"short",timeZone:e}),oe.set(e,t)}return t}function ie(e,t){let a=Object.fromEntries(le(t).formatToParts(e).map(({type:e,value:t})=>[e,Number(t)]));return Date.UTC(a.year,a.month-1,a.day,a.hour,a.minute,a.second)}function ue(e,t){return new Date(ie(e,t)).toISOString().slice(0,10)}function $e(e,t){return new Date(ie(e,t)).toISOString().slice(0,19).replace("T"," ")}function de(e){return Date.parse(`${e}T00:00:00Z`)}function ce(e,t){return new Date(de(e)+864e5*t).toISOString().slice(0,10)}function me(e,t,a){let n=de(e)+6e4*t,s=[n-864e5,n+864e5].map(e=>ie(e,a)-e),r=s.map(e=>n-e).filter(e=>ie(e,a)===n);return r.length?Math.min(...r):n-s[0]}function pe(e,t){return me(e,0,t)}function fe(e){return/^\d{4}-\d\d-\d\d$/.test(e)&&!Number.isNaN(de(e))}function he({first:e,last:t},a,n){let s=[];for(let r=e;r<=t;r=ce(r,1))for(let e=0;e<24;e+=a){let t=me(r,60*e,n);t!==s.at(-1)&&s.push(t)}return s}var ve=({accountId:e,teamId:t,range:a})=>({accountId:e,teamId:t,startTime:J(a.start),endTime:J(a.end)}),ge=(e,{range:t})=>({asOf:V(e.asOf)??t.end,knownSince:V(e.knownSince)??0});async function be(e,{signal:t},a){let n="",s=0;do{let r=await e(n,{signal:t,timeoutMs:6e4});if(t.aborted)return;if(n=r.nextPageToken,s=a(r,""===n,!1),n&&s>=5e3)return void a({...r,timelines:[],summaries:[]},!0,!0)}while(n)}function ye({start:e,end:t}){let a=(t-e)/864e5;return a<=3?B.QUARTER_HOUR:a<=35?B.HOUR:B.DAY}function we(e){return"ELSEWHERE"===e||"UNKNOWN"===e?f().kinds[e]:h().status[e]}function ke(e){let{units:t}=h();if(e<x)return`${Math.round(e/A)} ${t.s}`;if(e>=1e3*F)return`${L(Math.round(e/F))} ${t.h}`;let a=Math.round(e/x),[n,s]=[Math.floor(a/60),a%60];return[n&&`${L(n)} ${t.h}`,(s||!n)&&`${s} ${t.min}`].filter(Boolean).join(" ")}function Ne(e,t,a=!1){let n=a?"2-digit":void 0;return H(`report time ${n} ${t}`,{hour:"2-digit",minute:"2-digit",second:n,hourCycle:"h23",timeZone:t}).format(e)}function Oe(e,t){return H(`report day ${t}`,{weekday:"short",day:"numeric",month:"short",timeZone:t}).format(e)}function Ie(e,t){return`${Oe(e,t)}, ${Ne(e,t)}`}function Ce({kind:e,cause:t,reason:a}){return"UNKNOWN"===e?a?f().reasons[a]:"":t===Z.UNSPECIFIED?"":E(t)}function Se(e){return a.filter(t=>e[t]>0).map(t=>`${we(t)} ${ke(e[t])}`).join(", ")}function Ee(e){let t=a.map(t=>{let a=e.causes.filter(e=>e.kind===t).map(({cause:e,ms:t})=>`${E(e)||f().noCause} ${ke(t)}`);return a.length?`${we(t)}: ${a.join(", ")}`:""});return e.times.UNKNOWN&&t.push(`${we("UNKNOWN")}: ${ze(e)}`),e.connected&&t.push(f().connected(ke(e.connected))),e.engaged&&t.push(f().engaged(ke(e.engaged))),t.filter(Boolean).join("; ")}function ze({times:e,dropped:t}){let a=e.UNKNOWN-t;return[t&&`${f().reasons.dropped} ${ke(t)}`,a&&`${f().unseenOrErased} ${ke(a)}`].filter(Boolean).join(", ")}var Te=1e3,Me={ONLINE:1,AWAY:2/3,OFFLINE:1/3,ELSEWHERE:1/12,UNKNOWN:1};function Ue(){return X`<svg class="visually-hidden" aria-hidden="true" width="0" height="0">
<pattern id="hatching" patternUnits="userSpaceOnUse" width="10" height="6">
<path d="M-1 7L11 -1M-1 1L1 -1M9 7L11 5" class="hatch" />
</pattern>
</svg>`}function We(e,t,a,n="",s=e){let r=24*Me[e],o="UNKNOWN"===e?"url(#hatching)":null,l={x:t,width:Math.max(.6,a-t),y:24-r,height:r};return X`<rect key=${s} class=${"UNKNOWN"===e?"unknown":`part ${e.toLowerCase()}`} fill=${o} ...${l}>
${n&&X`<title>${n}</title>`}
</rect>`}function De({parts:e,start:t,end:a,marks:n,zone:s}){let r=e=>(e-t)/(a-t)*Te;return X`<svg class="day-bar" viewBox="0 0 ${Te} ${24}" preserveAspectRatio="none" aria-hidden="true">
<path class="grid" d=${n.map(e=>`M${r(e).toFixed(1)} 0v24`).join("")} vector-effect="non-scaling-stroke" />
${e.map(e=>We(e.kind,r(e.from),r(e.to),function(e,t){return`${[we(e.kind),Ce(e)].filter(Boolean).join(", ")}: ${Ne(e.from,t,!0)} – ${Ne(e.to,t,!0)} (${ke(e.to-e.from)})`}(e,s),e.from))}
</svg>`}function Le({times:e,whole:t,note:n}){let s=0,r=e=>t?e/t*Te:0;return X`<svg class="day-bar" viewBox="0 0 ${Te} ${24}" preserveAspectRatio="none" aria-hidden="true">
${a.filter(t=>e[t]>0).map(t=>{let a=s;return s+=e[t],We(t,r(a),r(s),`${we(t)}: ${"UNKNOWN"===t?n:ke(e[t])}`)})}
</svg>`}function Ae({kinds:e,times:t,note:a}){return X`<ul class="legend">
${e.map(e=>X`<li key=${e}>
<svg viewBox="0 0 24 ${24}" width="18" height="16" preserveAspectRatio="none" aria-hidden="true">${We(e,0,24)}</svg>
${we(e)} ${t&&X`<strong>${ke(t[e])}</strong>`}${"UNKNOWN"===e&&a&&X` <span class="hint">(${a})</span>`}
</li>`)}
</ul>`}var{MANUAL:je,ACTIVITY:xe,INACTIVITY:Fe,EXPIRY:Ke,DISCONNECT:He}=Z,Re=["ONLINE","AWAY","OFFLINE"],Ye=[je,Fe,Ke,He],Ze=[["ONLINE",[je,xe,Ke]],["AWAY",Ye],["OFFLINE",Ye]],_e="start,end,start_utc,end_utc,time_zone",Be="user_id,display_name,team_id",Pe=e=>new Date(e).toISOString().replace(".000Z","Z"),qe=e=>e?"yes":"",Ve=({id:e,name:t,team:a})=>[e,t,a],Ge=({from:e,to:t},a)=>[$e(e,a),$e(t,a),Pe(e),Pe(t),a];function Je(e){return e%1e3?(e/1e3).toFixed(3):String(e/1e3)}function Qe(e){let t=Math.floor(e/1e3+.5),a=e=>String(e).padStart(2,"0");return[Je(e),`${Math.floor(t/3600)}:${a(Math.floor(t/60)%60)}:${a(t%60)}`]}function Xe(t,a){return[t,...a.map(t=>t.map(e).join(",")),""].join("\r\n")}function et(e,t,a){let n=R(null),s=R(""),r=R(0);return j(()=>{let t=new AbortController;return n.value=null,s.value="",e(t.signal,e=>{t.signal.aborted||(n.value=e)}).catch(e=>{!T(e)&&!C(e)&&(s.value=z(e))}),()=>t.abort()},[...t,r.value]),j(()=>{let e=e=>{n.value&&a&&(n.value=a(n.value,e))};return v.add(e),()=>{v.delete(e)}},[]),{found:n,problem:s,again:r}}function tt({reading:{found:e,problem:t,again:a},count:n,range:s,zone:r,isCut:o=!1}){let l=e.value;if(t.value){let e=X`<button type="button" onClick=${()=>a.value++}>${h().common.retry}</button>`;return X`<${q} kind="error" actions=${e}>${t.value}<//>`}return l?X`${o&&X`<${q} kind="warn">${f().cut(5e3)}<//>`}
${l.knownSince>s.start&&n>0&&X`<${q}>${f().keptSince(Ie(l.knownSince,r))}<//>`}
${!1!==l.isWhole&&0===n&&X`<${G} title=${f().nobody} hint=${f().nobodyHint} />`}`:X`<${Q} />`}function at(e,t,a){return e&&e.asOf<t.end?f().soFar(Ne(e.asOf,a)):""}function nt({items:e,columns:t,keyOf:a,kind:n,label:s,top:r}){let o=X`<div class="rows-head" role="rowgroup">
<div class="row report ${n}" role="row" aria-rowindex="1">
${t.map(({name:e,label:t})=>X`<div key=${e} class="cell ${e}" role="columnheader">${t}</div>`)}
</div>
</div>`;return X`<${O} count=${e.length} row=${s=>{let r=e[s];return X`<div
class="row report ${n}"
role="row"
key=${a(r)}
aria-rowindex=${s+2}
style=${{transform:`translateY(${s*N.value}px)`}}
>
${t.map(({name:e,cell:t,isHead:a,title:n})=>X`<div key=${e} class="cell ${e}" role=${a?"rowheader":"gridcell"} title=${n?.(r)}>${t(r,s)}</div>`)}
</div>`}} head=${o} label=${s} top=${r} />`}var st=[Y.ONLINE,Y.AWAY,Y.OFFLINE];function rt({wanted:e,isTable:t,frame:a,again:n}){let{range:s,zone:r}=e,o=et(async(t,a)=>a(await async function(e,t=g){let a={signal:e.signal,timeoutMs:6e4},n=await t.countByStatus({...ve(e),step:ye(e.range),timeZone:e.zone},a);return{moments:i(n.counts),...ge(n,e)}}({...e,signal:t})),[e.accountId,e.teamId,s.start,s.end,r,n]),l=o.found.value,u=l?.moments??[],$=u.every(({counts:e})=>!e||e.every(e=>0===e))?[]:u,p=K(()=>function(e,t){let a=Math.round((e.end-e.start)/864e5);if(a<=3)return he(e,1===a?2:6,t).map(e=>({at:e,label:Ne(e,t)}));let n=Math.ceil(a/12);return he(e,24,t).flatMap((e,a)=>a%n?[]:[{at:e,label:Oe(e,t)}])}(s,r),[s.start,s.end,r]),h=$[m($)],v=h?.counts?.[0]?f().most(L(h.counts[0]),Ie(h.at,r)):f().nobodyOnline;return X`${a([at(l,s,r)],$.length>0&&(()=>function(e,t){return Xe("time,time_utc,time_zone,online,away,offline,unknown",e.map(({at:e,counts:a})=>[$e(e,t),Pe(e),t,...(a??["","",""]).map(String),qe(!a)]))}($,r)))}
<${Ue} />
<${tt} reading=${o} count=${$.length} range=${s} zone=${r} />
${l&&$.length>0&&(t?X`<${ot} moments=${$} zone=${r} top=${`${s.start} ${s.end} ${e.teamId}`} />`:X`<section class="card" aria-label=${f().views.coverage}>
<${c} />
<${d} moments=${$} start=${s.start} end=${s.end} until=${l.asOf} marks=${p} label=${f().curve} words=${({at:e,counts:t})=>f().at(Ie(e,r),t?t.map((e,t)=>f().counted(y(st[t]),e)).join(" · "):we("UNKNOWN"))} />
<p class="hint">${v}. ${f().curveHint}</p>
</section>`)}`}function ot({moments:e,zone:t,top:a}){let n=[{name:"time",label:f().time,isHead:!0,cell:({at:e})=>Ie(e,t)},...st.map((e,t)=>({name:`figure ${t}`,label:y(e),cell:({counts:a})=>a?X`<${w} status=${e} />${L(a[t])}`:X`<i class="hint">${we("UNKNOWN")}</i>`}))];return X`<${nt}
items=${e}
columns=${n}
keyOf=${({at:e})=>String(e)}
kind="counts"
label=${f().views.coverage}
top=${a}
/>`}function lt({wanted:e,isTable:t,frame:s,again:l,by:i}){let{range:d,zone:c}=e,m=et((t,a)=>async function(e,t,a,n=g){let s=[],o="person"===t?{group:P.USER,bucket:B.UNSPECIFIED,pageSize:500}:{group:P.ALL,bucket:B.DAY,pageSize:1};await be((t,a)=>n.summarizeTime({...ve(e),...o,timeZone:e.zone,pageToken:t},a),e,(t,n,o)=>{let l=ge(t,e);for(let e of t.summaries)s.push(...r(e,l.knownSince));return a({rows:[...s],isWhole:n,isCut:o,...l}),s.length})}({...e,signal:t},i,a),[e.accountId,e.teamId,d.start,d.end,c,i,l],(e,t)=>({...e,rows:u(e.rows,t)})),p=m.found.value,h=K(()=>{let e=p?.rows??[];return"person"===i?$(e,D.value):e},[p,i,D.value]),v=o(h.map(({sums:e})=>e.times)),b=h.reduce((e,{sums:t})=>e+t.dropped,0),y=v.UNKNOWN===b?f().reasons.dropped:b?ze({times:v,dropped:b}):f().unseenOrErased,w=a.filter(e=>void 0!==n[e]||v[e]>0),k=`${d.start} ${d.end} ${e.teamId} ${i} ${t}`,N="person"===i?h.length:h[0]?.people??0,O=p?[f().people(N),p.isWhole?at(p,d,c):f().reading]:[];return X`${s(O,h.length>0&&(()=>function(e,t){let a=[...Re,"unknown","elsewhere","connected","engaged"].map(e=>e.toLowerCase()),n=Ze.flatMap(([e,t])=>t.map(t=>[e,t])),s=[_e,Be,"people","erased",...a.flatMap(e=>[`${e}_seconds`,e]),...n.map(([e,t])=>`${e}_by_${Z[t]}_seconds`.toLowerCase())],r=e.map(e=>{let{times:a,connected:s,engaged:r}=e.sums;return[...Ge(e,t),...Ve(e),String(e.people),qe(e.isErased),...[...Re.map(e=>a[e]),a.UNKNOWN].flatMap(Qe),...[a.ELSEWHERE,s,r].flatMap(e=>e?Qe(e):["",""]),...n.map(([t,a])=>Je(((t,a)=>e.sums.causes.reduce((e,n)=>e+(n.kind===t&&n.cause===a?n.ms:0),0))(t,a)))]});return Xe(s.join(","),r)}(h,c)))}
<${Ue} />
<${tt} reading=${m} count=${h.length} range=${d} zone=${c} isCut=${p?.isCut} />
${h.length>0&&X`<div class="together"><span class="hint">${f().together}</span> <${Ae} kinds=${w} times=${v} note=${y} /></div>
<${it} rows=${h} kinds=${w} zone=${c} isTable=${t} by=${i} top=${k} />`}`}function it({rows:e,kinds:t,zone:a,isTable:n,by:s,top:r}){let o=Math.max(...e.map(({from:e,to:t,people:a})=>(t-e)*a)),l=["person"===s?{name:"person",label:f().person,isHead:!0,cell:e=>X`<${I} id=${e.id} name=${e.name} />`}:{name:"person",label:f().date,isHead:!0,cell:e=>function({from:e,to:t},a){let n=(t-e)/36e5;return X`${Oe(e,a)}${[23,25].includes(n)&&X` <span class="hint">${n} ${h().units.h}</span>`}`}(e,a)},...n?[..."person"===s?[{name:"in-team",label:f().team,cell:({team:e})=>_(e),title:({team:e})=>_(e)}]:[],...ut(t,({sums:e})=>e.times),{name:"causes",label:f().causes,cell:({sums:e})=>Ee(e),title:({sums:e})=>Ee(e)}]:[{name:"strip",label:X`<span class="visually-hidden">${f().bars}</span>`,cell:({sums:e})=>X`<span class="visually-hidden">${Se(e.times)}</span><${Le} times=${e.times} whole=${o} note=${ze(e)} />`},...ut(t,({sums:e})=>e.times)]];return X`<div class="rows-frame" style=${{"--kinds":t.length}}>
<${nt}
items=${e}
columns=${l}
keyOf=${t=>"day"===s?String(t.from):t.id||`erased ${e.indexOf(t)}`}
kind=${`${n?"tabled":"barred"} by-${s}`}
label=${f().views.time}
top=${r}
/>
</div>`}function ut(e,t){return e.map(e=>{let a=n[e];return{name:`figure ${e.toLowerCase()}`,label:we(e),cell:n=>X`${void 0!==a&&X`<${w} status=${a} />`}${t(n)[e]>0?ke(t(n)[e]):X`<span class="hint">0</span>`}`}})}function $t({wanted:e,isTable:t,frame:r,again:i}){let{range:d,zone:c}=e,m=et((t,a)=>async function(e,t,a=g){let n=[];await be((t,n)=>a.listTimelines({...ve(e),pageSize:100,pageToken:t},n),e,(a,r,o)=>{let l=ge(a,e);for(let e of a.timelines)n.push(s(e,l.knownSince));return t({lines:[...n],isWhole:r,isCut:o,...l}),n.length})}({...e,signal:t},a),[e.accountId,e.teamId,d.start,d.end,c,i],(e,t)=>({...e,lines:u(e.lines,t)})),p=m.found.value,h=K(()=>$(p?.lines??[],D.value).map(e=>({...e,times:l(e.parts)})),[p,D.value]),v=R(null),b=o(h.map(({times:e})=>e)),y=a.filter(e=>void 0!==n[e]||b[e]>0),w=`${d.start} ${e.teamId} ${t}`,k=p?[f().people(h.length),p.isWhole?at(p,d,c):f().reading]:[];return X`${r(k,h.length>0&&(()=>function(e,t){let a=e.flatMap(e=>e.parts.map(a=>[...Ge(a,t),...Ve(e),qe(e.isErased),a.kind,a.cause===Z.UNSPECIFIED?"":Z[a.cause],...Qe(a.to-a.from)]));return Xe(`${_e},${Be},erased,status,cause,seconds,length`,a)}(h,c)))}
<${Ue} />
<${tt} reading=${m} count=${h.length} range=${d} zone=${c} isCut=${p?.isCut} />
${h.length>0&&(t?X`<${mt} rows=${h} zone=${c} top=${w} />`:X`<${Ae} kinds=${y} note=${function(e){let t=new Set(e.map(({reason:e})=>e));return["dropped","unseen","erased"].filter(e=>t.has(e)).map(e=>f().reasons[e]).join(", ")}(h.flatMap(({parts:e})=>e))} />
<${dt} rows=${h} kinds=${y} wanted=${e} top=${w} onOpen=${e=>v.value=e} />`)}
${v.value&&X`<${ft} row=${v.value} wanted=${e} onClose=${()=>v.value=null} />`}`}function dt({rows:e,kinds:t,wanted:a,top:n,onOpen:s}){let{range:r,zone:o}=a,l=K(()=>he(r,2,o),[r.start,r.end,o]),i=[{name:"person",label:f().person,cell:e=>X`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${()=>s(e)}>
<${I} id=${e.id} name=${e.name} />
</button>`,isHead:!0},{name:"strip",label:X`<${ct} start=${r.start} end=${r.end} marks=${l} zone=${o} />`,cell:e=>X`<span class="visually-hidden">${Se(e.times)}</span>
<${De} parts=${e.parts} start=${r.start} end=${r.end} marks=${l} zone=${o} />`},...ut(t,e=>e.times)];return X`<div class="rows-frame" style=${{"--kinds":t.length}}>
<${nt} items=${e} columns=${i} keyOf=${t=>t.id||`erased ${e.indexOf(t)}`} kind="barred of-day" label=${f().views.timeline} top=${n} />
</div>`}function ct({start:e,end:t,marks:a,zone:n}){return X`<span class="visually-hidden">${f().time}</span>
<div class="marks" aria-hidden="true">
${a.map(a=>X`<span key=${a} style=${{left:(a-e)/(t-e)*100+"%"}}>${Ne(a,n).replace(/:00$/,"")}</span>`)}
</div>`}function mt({rows:e,zone:t,top:a}){let n=K(()=>e.flatMap((e,t)=>e.parts.map(a=>({row:e,part:a,number:t}))),[e]),s=[{name:"person",label:f().person,isHead:!0,cell:({row:e})=>X`<${I} id=${e.id} name=${e.name} />`},{name:"from",label:f().from,cell:({part:e})=>Ne(e.from,t,!0)},{name:"to",label:f().to,cell:({part:e})=>Ne(e.to,t,!0)},{name:"what",label:f().status,cell:({part:e})=>X`<${pt} kind=${e.kind} />`},{name:"why",label:f().why,cell:({part:e})=>Ce(e),title:({part:e})=>Ce(e)},{name:"long",label:f().length,cell:({part:e})=>ke(e.to-e.from)}];return X`<${nt} items=${n} columns=${s} keyOf=${({part:e,number:t})=>`${t} ${e.from}`} kind="parts" label=${f().views.timeline} top=${a} />`}function pt({kind:e}){let t=n[e];return void 0===t?X`<i class="hint">${we(e)}</i>`:X`<${k} status=${t} />`}function ft({row:e,wanted:{range:t,zone:a},onClose:n}){return X`<${te} title=${f().dayOf(e.id?S(e.id):h().common.erased)} onClose=${n}>
<p class="hint">${function(e,t){return H(`report date ${t}`,{weekday:"long",day:"numeric",month:"long",year:"numeric",timeZone:t}).format(e)}(t.start,a)} · ${f().zone(a)}</p>
<${De} parts=${e.parts} start=${t.start} end=${t.end} marks=${he(t,2,a)} zone=${a} />
<p>${Se(e.times)}</p>
<div class="answers" tabindex="0" role="region" aria-label=${f().looks.table}>
<table class="plain stacked of-day">
<thead>
<tr>${[f().time,f().status,f().why,f().length].map(e=>X`<th key=${e} scope="col">${e}</th>`)}</tr>
</thead>
<tbody>
${e.parts.map(e=>X`<tr key=${e.from}>
<td>${Ne(e.from,a,!0)} – ${Ne(e.to,a,!0)}</td>
<td><${pt} kind=${e.kind} /></td>
<td class="breaks">${Ce(e)}</td>
<td>${ke(e.to-e.from)}</td>
</tr>`)}
</tbody>
</table>
</div>
<div class="dialog-actions">
${e.id&&X`<a class="quiet-link" href=${ne("person",e.id)}>${f().openPerson}</a>`}
<button type="button" autofocus onClick=${n}>${h().common.close}</button>
</div>
<//>`}var ht=["timeline","time","coverage"],vt=U(async()=>(await p(),gt));function gt(){let e=R(""),t=R(""),a=R(0);j(()=>{let a=new AbortController;return t.value="",async function(e,t){if(W("workflow.read"))return(await g.getAccount({accountId:e},{signal:t})).account?.timeZone??"";let a=Date.now(),n={startTime:J(a-1),endTime:J(a),step:B.DAY};return(await g.countByStatus({accountId:e,...n},{signal:t})).timeZone}(b.peek(),a.signal).then(t=>e.value=t||"UTC",e=>{!T(e)&&!C(e)&&(t.value=z(e))}),()=>a.abort()},[a.value]);let n=ee.value.rest[0]??ht[0];if(!ht.includes(n))return X`<${G} isPage title=${h().errors.noPage} />`;let s=X`<button type="button" onClick=${()=>a.value++}>${h().common.retry}</button>`;return X`<div class="reports-head">
<h1>${f().title}</h1>
<nav class="chips" aria-label=${f().view}>
${ht.map(e=>X`<a key=${e} class="chip" href=${ne("reports",e)} aria-current=${e===n?"page":null}>${f().views[e]}</a>`)}
</nav>
</div>
${t.value&&X`<${q} kind="error" actions=${s}>${t.value}<//>`}
${e.value?X`<${bt} view=${n} zone=${e.value} />`:!t.value&&X`<${Q} />`}`}function bt({view:e,zone:a}){let n=function(e){try{return le(e),!0}catch{return!1}}(a)?a:"UTC",s="timeline"===e,r=R("today"),o=R("week"),l=ce(ue(Date.now(),n),-1),[i,u,$]=[R(l),R(l),R(l)],d=R("person"),c=R(!1),m=R(0),p=s?r:o,[v,g]=s?[i.value,i.value]:[u.value,$.value],y=K(()=>function(e,t,a,n,s){let r=ue(n,s),[o,l]=function(e,t,a,n){let s=ce(n,-(new Date(de(n)).getUTCDay()+6)%7),r=`${n.slice(0,8)}01`;switch(e){case"today":return[n,n];case"yesterday":return[ce(n,-1),ce(n,-1)];case"week":return[s,ce(s,6)];case"last-week":return[ce(s,-7),ce(s,-1)];case"month":return[r,ce(`${ce(r,31).slice(0,8)}01`,-1)];case"last-month":{let e=ce(r,-1);return[`${e.slice(0,8)}01`,e]}default:return[t,a]}}(e,t,a,r);return!fe(o)||!fe(l)||l<o||de(l)-de(o)>=316224e5?null:{start:pe(o,s),end:pe(ce(l,1),s),first:o,last:l}}(p.value,v,g,Date.now(),n),[p.value,v,g,n,m.value]),w=(r,o)=>X`<div class="tools">
<${M} all=${h().board.allTeams} isKept />
<${yt} label=${f().range} of=${p} choices=${s?re:se} name=${e=>s&&"days"===e?f().day:f().ranges[e]} />
${"days"===p.value&&(s?X`<${wt} label=${f().date} day=${i} />`:X`<${wt} label=${h().history.firstDay} day=${u} /><${wt} label=${h().history.lastDay} day=${$} />`)}
${"time"===e&&X`<${yt} label=${f().bars} of=${d} choices=${["person","day"]} name=${e=>f().by[e]} />`}
<label class="labelled"
>${f().look}
<select onChange=${e=>c.value="table"===e.currentTarget.value}>
${["picture","table"].map(e=>X`<option value=${e} selected=${"table"===e===c.value}>${f().looks[e]}</option>`)}
</select></label
>
${o&&X`<button type="button" onClick=${()=>t([b.value,e,y?.first,y?.last!==y?.first&&y?.last].filter(Boolean).join("-")+".csv",o())}>${h().history.download}</button>`}
<div class="standing end">
<p class="hint" role="status">${[...r,f().zone(n)].filter(Boolean).join(" · ")}</p>
<button type="button" class="quiet" onClick=${()=>m.value++}>${h().history.refresh}</button>
</div>
</div>
${n!==a&&X`<${q} kind="warn">${f().zoneUnknown(a)}<//>`}`;if(!y){let e=!v||!g||g<v;return X`${w([],!1)}<${q} kind="warn">${e?h().history.noDays:f().tooLong(366)}<//>`}let k={wanted:{accountId:b.value,teamId:ae.value,range:y,zone:n},isTable:c.value,frame:w,again:m.value};switch(e){case"timeline":return X`<${$t} key=${e} ...${k} />`;case"time":return X`<${lt} key=${e} ...${k} by=${d.value} />`;default:return X`<${rt} key=${e} ...${k} />`}}function yt({label:e,of:t,choices:a,name:n}){return X`<label class="labelled"
>${e}
<select onChange=${e=>t.value=e.currentTarget.value}>
${a.map(e=>X`<option key=${e} value=${e} selected=${e===t.value}>${n(e)}</option>`)}
</select></label
>`}function wt({label:e,day:t}){return X`<label class="labelled"
>${e}
<input type="date" value=${t.value} onChange=${e=>t.value=e.currentTarget.value}
/></label>`}export{vt as ReportsPage};