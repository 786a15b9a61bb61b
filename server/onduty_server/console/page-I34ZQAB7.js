import{A as a,B as e,E as t,F as s,G as l,H as n,I as o,a as r,b as $,c as i,d as u,e as d,f as c,g as p,h as m,i as v,m as b,n as f,o as h,q as y,s as k,t as w,v as g,x as C,y as z}from"./chunk-HJTCH242.js";import{a as T,b as j,e as D,f as I,h as O,i as H}from"./chunk-P7W4NFJ7.js";import{c as M}from"./chunk-Z66DXIQJ.js";import{a as x,b as B}from"./chunk-6VDDB22M.js";import{$ as J,F as P,Ia as q,La as F,M as V,Ma as Z,Ra as L,Sa as U,Va as W,Wa as X,Z as A,c as G,e as N,h as Q,oa as R,pa as S,qa as E,r as K,s as Y,sa as _,t as aa,v as ea}from"./chunk-66JYL3NB.js";function ta({wanted:n,isTable:o,frame:r,again:$}){let{range:i,zone:u}=n,d=t((a,e)=>v({...n,signal:a},e),[n.accountId,n.teamId,i.start,i.end,u,$],(a,e)=>({...a,lines:O(a.lines,e)})),c=d.found.value,p=N(()=>H(c?.lines??[],A.value).map(a=>({...a,times:I(a.parts)})),[c,A.value]),m=Q(null),b=D(p.map(({times:a})=>a)),f=T.filter(a=>void 0!==j[a]||b[a]>0),h=`${i.start} ${n.teamId} ${o}`,y=c?[B().people(p.length),c.isWhole?l(c,i,u):B().reading]:[];return K`${r(y,p.length>0&&(()=>e(p,u)))}
<${C} />
<${s} reading=${d} count=${p.length} range=${i} zone=${u} isCut=${c?.isCut} />
${p.length>0&&(o?K`<${na} rows=${p} zone=${u} top=${h} />`:K`<${a} kinds=${f} note=${g(p.flatMap(({parts:a})=>a))} />
<${sa} rows=${p} kinds=${f} wanted=${n} top=${h} onOpen=${a=>m.value=a} />`)}
${m.value&&K`<${ra} row=${m.value} wanted=${n} onClose=${()=>m.value=null} />`}`}function sa({rows:a,kinds:e,wanted:t,top:s,onOpen:l}){let{range:r,zone:$}=t,i=N(()=>p(r,2,$),[r.start,r.end,$]),u=[{name:"person",label:B().person,cell:a=>K`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${()=>l(a)}>
<${F} id=${a.id} name=${a.name} />
</button>`,isHead:!0},{name:"strip",label:K`<${la} start=${r.start} end=${r.end} marks=${i} zone=${$} />`,cell:a=>K`<span class="visually-hidden">${w(a.times)}</span>
<${z} parts=${a.parts} start=${r.start} end=${r.end} marks=${i} zone=${$} />`},...o(e,a=>a.times)];return K`<div class="rows-frame" style=${{"--kinds":e.length}}>
<${n} items=${a} columns=${u} keyOf=${e=>e.id||`erased ${a.indexOf(e)}`} kind="barred of-day" label=${B().views.timeline} top=${s} />
</div>`}function la({start:a,end:e,marks:t,zone:s}){return K`<span class="visually-hidden">${B().time}</span>
<div class="marks" aria-hidden="true">
${t.map(t=>K`<span key=${t} style=${{left:(t-a)/(e-a)*100+"%"}}>${h(t,s).replace(/:00$/,"")}</span>`)}
</div>`}function na({rows:a,zone:e,top:t}){let s=N(()=>a.flatMap((a,e)=>a.parts.map(t=>({row:a,part:t,number:e}))),[a]),l=[{name:"person",label:B().person,isHead:!0,cell:({row:a})=>K`<${F} id=${a.id} name=${a.name} />`},{name:"from",label:B().from,cell:({part:a})=>h(a.from,e,!0)},{name:"to",label:B().to,cell:({part:a})=>h(a.to,e,!0)},{name:"what",label:B().status,cell:({part:a})=>K`<${oa} kind=${a.kind} />`},{name:"why",label:B().why,cell:({part:a})=>k(a),title:({part:a})=>k(a)},{name:"long",label:B().length,cell:({part:a})=>f(a.to-a.from)}];return K`<${n} items=${s} columns=${l} keyOf=${({part:a,number:e})=>`${e} ${a.from}`} kind="parts" label=${B().views.timeline} top=${t} />`}function oa({kind:a}){let e=j[a];return void 0===e?K`<i class="hint">${b(a)}</i>`:K`<${q} status=${e} />`}function ra({row:a,wanted:{range:e,zone:t},onClose:s}){return K`<${_} title=${B().dayOf(a.id?Z(a.id):J().common.erased)} onClose=${s}>
<p class="hint">${y(e.start,t)} · ${B().zone(t)}</p>
<${z} parts=${a.parts} start=${e.start} end=${e.end} marks=${p(e,2,t)} zone=${t} />
<p>${w(a.times)}</p>
<div class="answers" tabindex="0" role="region" aria-label=${B().looks.table}>
<table class="plain stacked of-day">
<thead>
<tr>${[B().time,B().status,B().why,B().length].map(a=>K`<th key=${a} scope="col">${a}</th>`)}</tr>
</thead>
<tbody>
${a.parts.map(a=>K`<tr key=${a.from}>
<td>${h(a.from,t,!0)} – ${h(a.to,t,!0)}</td>
<td><${oa} kind=${a.kind} /></td>
<td class="breaks">${k(a)}</td>
<td>${f(a.to-a.from)}</td>
</tr>`)}
</tbody>
</table>
</div>
<div class="dialog-actions">
${a.id&&K`<a class="quiet-link" href=${ea("person",a.id)}>${B().openPerson}</a>`}
<button type="button" autofocus onClick=${s}>${J().common.close}</button>
</div>
<//>`}var $a=["timeline","time","coverage"],ia=X(async()=>(await(import("./times-ZQG7F7ZH.js"))).TimesView),ua=X(async()=>(await(import("./coverage-5TSMOXXJ.js"))).CoverageView),da=X(async()=>(await x(),ca));function ca(){let a=Q(""),e=Q(""),t=Q(0);G(()=>{let t=new AbortController;return e.value="",m(P.peek(),t.signal).then(e=>a.value=e||"UTC",a=>{!U(a)&&!V(a)&&(e.value=L(a))}),()=>t.abort()},[t.value]);let s=Y.value.rest[0]??$a[0];if(!$a.includes(s))return K`<${S} isPage title=${J().errors.noPage} />`;let l=K`<button type="button" onClick=${()=>t.value++}>${J().common.retry}</button>`;return K`<div class="reports-head">
<h1>${B().title}</h1>
<nav class="chips" aria-label=${B().view}>
${$a.map(a=>K`<a key=${a} class="chip" href=${ea("reports",a)} aria-current=${a===s?"page":null}>${B().views[a]}</a>`)}
</nav>
</div>
${e.value&&K`<${R} kind="error" actions=${l}>${e.value}<//>`}
${a.value?K`<${pa} view=${s} zone=${a.value} />`:!e.value&&K`<${E} />`}`}function pa({view:a,zone:e}){let t=i(e)?e:"UTC",s="timeline"===a,l=Q("today"),n=Q("week"),o=d(u(Date.now(),t),-1),[p,m,v]=[Q(o),Q(o),Q(o)],b=Q("person"),f=Q(!1),h=Q(0),y=s?l:n,[k,w]=s?[p.value,p.value]:[m.value,v.value],g=N(()=>c(y.value,k,w,Date.now(),t),[y.value,k,w,t,h.value]),C=(l,n)=>K`<div class="tools">
<${W} all=${J().board.allTeams} isKept />
<${ma} label=${B().range} of=${y} choices=${s?$:r} name=${a=>s&&"days"===a?B().day:B().ranges[a]} />
${"days"===y.value&&(s?K`<${va} label=${B().date} day=${p} />`:K`<${va} label=${J().history.firstDay} day=${m} /><${va} label=${J().history.lastDay} day=${v} />`)}
${"time"===a&&K`<${ma} label=${B().bars} of=${b} choices=${["person","day"]} name=${a=>B().by[a]} />`}
<label class="labelled"
>${B().look}
<select onChange=${a=>f.value="table"===a.currentTarget.value}>
${["picture","table"].map(a=>K`<option value=${a} selected=${"table"===a===f.value}>${B().looks[a]}</option>`)}
</select></label
>
${n&&K`<button type="button" onClick=${()=>M([P.value,a,g?.first,g?.last!==g?.first&&g?.last].filter(Boolean).join("-")+".csv",n())}>${J().history.download}</button>`}
<div class="standing end">
<p class="hint" role="status">${[...l,B().zone(t)].filter(Boolean).join(" · ")}</p>
<button type="button" class="quiet" onClick=${()=>h.value++}>${J().history.refresh}</button>
</div>
</div>
${t!==e&&K`<${R} kind="warn">${B().zoneUnknown(e)}<//>`}`;if(!g){let a=!k||!w||w<k;return K`${C([],!1)}<${R} kind="warn">${a?J().history.noDays:B().tooLong(366)}<//>`}let z={wanted:{accountId:P.value,teamId:aa.value,range:g,zone:t},isTable:f.value,frame:C,again:h.value};switch(a){case"timeline":return K`<${ta} key=${a} ...${z} />`;case"time":return K`<${ia} key=${a} ...${z} by=${b.value} />`;default:return K`<${ua} key=${a} ...${z} />`}}function ma({label:a,of:e,choices:t,name:s}){return K`<label class="labelled"
>${a}
<select onChange=${a=>e.value=a.currentTarget.value}>
${t.map(a=>K`<option key=${a} value=${a} selected=${a===e.value}>${s(a)}</option>`)}
</select></label
>`}function va({label:a,day:e}){return K`<label class="labelled"
>${a}
<input type="date" value=${e.value} onChange=${a=>e.value=a.currentTarget.value}
/></label>`}export{da as ReportsPage};