import{A as a,D as e,E as t,F as s,G as l,H as n,a as o,b as r,c as $,d as i,e as u,f as d,g as c,h as p,i as m,l as v,m as b,n as f,p as h,r as y,s as k,u as w,w as g,x as C,z}from"./chunk-J45EPW5M.js";import{a as T,b as j,e as D,f as I,h as O,i as H}from"./chunk-Q2IH52LQ.js";import{c as x}from"./chunk-SUONVRRN.js";import{a as M,b as P}from"./chunk-BX7Q2DX5.js";import{$ as Y,F as E,Ia as Q,La as R,M as U,Ma as V,Ra as q,Sa as B,Va as F,Wa as G,Z as L,c as W,e as X,h as A,oa as K,pa as N,qa as S,r as Z,s as J,sa as _,t as aa,v as ea}from"./chunk-GETTYKH7.js";function ta({wanted:l,isTable:n,frame:o,again:r}){let{range:$,zone:i}=l,u=e((a,e)=>m({...l,signal:a},e),[l.accountId,l.teamId,$.start,$.end,i,r],(a,e)=>({...a,lines:O(a.lines,e)})),d=u.found.value,c=X(()=>H(d?.lines??[],L.value).map(a=>({...a,times:I(a.parts)})),[d,L.value]),p=A(null),v=D(c.map(({times:a})=>a)),b=T.filter(a=>void 0!==j[a]||v[a]>0),f=`${$.start} ${l.teamId} ${n}`,h=d?[P().people(c.length),d.isWhole?s(d,$,i):P().reading]:[];return Z`${o(h,c.length>0&&(()=>a(c,i)))}
<${g} />
<${t} reading=${u} count=${c.length} range=${$} zone=${i} isCut=${d?.isCut} />
${c.length>0&&(n?Z`<${na} rows=${c} zone=${i} top=${f} />`:Z`<${z} kinds=${b} note=${w(c.flatMap(({parts:a})=>a))} />
<${sa} rows=${c} kinds=${b} wanted=${l} top=${f} onOpen=${a=>p.value=a} />`)}
${p.value&&Z`<${ra} row=${p.value} wanted=${l} onClose=${()=>p.value=null} />`}`}function sa({rows:a,kinds:e,wanted:t,top:s,onOpen:o}){let{range:r,zone:$}=t,i=X(()=>c(r,2,$),[r.start,r.end,$]),u=[{name:"person",label:P().person,cell:a=>Z`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${()=>o(a)}>
<${R} id=${a.id} name=${a.name} />
</button>`,isHead:!0},{name:"strip",label:Z`<${la} start=${r.start} end=${r.end} marks=${i} zone=${$} />`,cell:a=>Z`<span class="visually-hidden">${k(a.times)}</span>
<${C} parts=${a.parts} start=${r.start} end=${r.end} marks=${i} zone=${$} />`},...n(e,a=>a.times)];return Z`<div class="rows-frame" style=${{"--kinds":e.length}}>
<${l} items=${a} columns=${u} keyOf=${e=>e.id||`erased ${a.indexOf(e)}`} kind="barred of-day" label=${P().views.timeline} top=${s} />
</div>`}function la({start:a,end:e,marks:t,zone:s}){return Z`<span class="visually-hidden">${P().time}</span>
<div class="marks" aria-hidden="true">
${t.map(t=>Z`<span key=${t} style=${{left:(t-a)/(e-a)*100+"%"}}>${f(t,s).replace(/:00$/,"")}</span>`)}
</div>`}function na({rows:a,zone:e,top:t}){let s=X(()=>a.flatMap((a,e)=>a.parts.map(t=>({row:a,part:t,number:e}))),[a]),n=[{name:"person",label:P().person,isHead:!0,cell:({row:a})=>Z`<${R} id=${a.id} name=${a.name} />`},{name:"from",label:P().from,cell:({part:a})=>f(a.from,e,!0)},{name:"to",label:P().to,cell:({part:a})=>f(a.to,e,!0)},{name:"what",label:P().status,cell:({part:a})=>Z`<${oa} kind=${a.kind} />`},{name:"why",label:P().why,cell:({part:a})=>y(a),title:({part:a})=>y(a)},{name:"long",label:P().length,cell:({part:a})=>b(a.to-a.from)}];return Z`<${l} items=${s} columns=${n} keyOf=${({part:a,number:e})=>`${e} ${a.from}`} kind="parts" label=${P().views.timeline} top=${t} />`}function oa({kind:a}){let e=j[a];return void 0===e?Z`<i class="hint">${v(a)}</i>`:Z`<${Q} status=${e} />`}function ra({row:a,wanted:{range:e,zone:t},onClose:s}){return Z`<${_} title=${P().dayOf(a.id?V(a.id):Y().common.erased)} onClose=${s}>
<p class="hint">${h(e.start,t)} · ${P().zone(t)}</p>
<${C} parts=${a.parts} start=${e.start} end=${e.end} marks=${c(e,2,t)} zone=${t} />
<p>${k(a.times)}</p>
<div class="answers" tabindex="0" role="region" aria-label=${P().looks.table}>
<table class="plain stacked of-day">
<thead>
<tr>${[P().time,P().status,P().why,P().length].map(a=>Z`<th key=${a} scope="col">${a}</th>`)}</tr>
</thead>
<tbody>
${a.parts.map(a=>Z`<tr key=${a.from}>
<td>${f(a.from,t,!0)} – ${f(a.to,t,!0)}</td>
<td><${oa} kind=${a.kind} /></td>
<td class="breaks">${y(a)}</td>
<td>${b(a.to-a.from)}</td>
</tr>`)}
</tbody>
</table>
</div>
<div class="dialog-actions">
${a.id&&Z`<a class="quiet-link" href=${ea("person",a.id)}>${P().openPerson}</a>`}
<button type="button" autofocus onClick=${s}>${Y().common.close}</button>
</div>
<//>`}var $a=["timeline","time","coverage"],ia=G(async()=>(await(import("./times-CE422QYX.js"))).TimesView),ua=G(async()=>(await(import("./coverage-GYZFHYYC.js"))).CoverageView),da=G(async()=>(await M(),ca));function ca(){let a=A(""),e=A(""),t=A(0);W(()=>{let t=new AbortController;return e.value="",p(E.peek(),t.signal).then(e=>a.value=e||"UTC",a=>{!B(a)&&!U(a)&&(e.value=q(a))}),()=>t.abort()},[t.value]);let s=J.value.rest[0]??$a[0];if(!$a.includes(s))return Z`<${N} isPage title=${Y().errors.noPage} />`;let l=Z`<button type="button" onClick=${()=>t.value++}>${Y().common.retry}</button>`;return Z`<div class="reports-head">
<h1>${P().title}</h1>
<nav class="chips" aria-label=${P().view}>
${$a.map(a=>Z`<a key=${a} class="chip" href=${ea("reports",a)} aria-current=${a===s?"page":null}>${P().views[a]}</a>`)}
</nav>
</div>
${e.value&&Z`<${K} kind="error" actions=${l}>${e.value}<//>`}
${a.value?Z`<${pa} view=${s} zone=${a.value} />`:!e.value&&Z`<${S} />`}`}function pa({view:a,zone:e}){let t=$(e)?e:"UTC",s="timeline"===a,l=A("today"),n=A("week"),c=u(i(Date.now(),t),-1),[p,m,v]=[A(c),A(c),A(c)],b=A("person"),f=A(!1),h=A(0),y=s?l:n,[k,w]=s?[p.value,p.value]:[m.value,v.value],g=X(()=>d(y.value,k,w,Date.now(),t),[y.value,k,w,t,h.value]),C=(l,n)=>Z`<div class="tools">
<${F} all=${Y().board.allTeams} isKept />
<${ma} label=${P().range} of=${y} choices=${s?r:o} name=${a=>s&&"days"===a?P().day:P().ranges[a]} />
${"days"===y.value&&(s?Z`<${va} label=${P().date} day=${p} />`:Z`<${va} label=${Y().history.firstDay} day=${m} /><${va} label=${Y().history.lastDay} day=${v} />`)}
${"time"===a&&Z`<${ma} label=${P().bars} of=${b} choices=${["person","day"]} name=${a=>P().by[a]} />`}
<label class="labelled"
>${P().look}
<select onChange=${a=>f.value="table"===a.currentTarget.value}>
${["picture","table"].map(a=>Z`<option value=${a} selected=${"table"===a===f.value}>${P().looks[a]}</option>`)}
</select></label
>
${n&&Z`<button type="button" onClick=${()=>x([E.value,a,g?.first,g?.last!==g?.first&&g?.last].filter(Boolean).join("-")+".csv",n())}>${Y().history.download}</button>`}
<div class="standing end">
<p class="hint" role="status">${[...l,P().zone(t)].filter(Boolean).join(" · ")}</p>
<button type="button" class="quiet" onClick=${()=>h.value++}>${Y().history.refresh}</button>
</div>
</div>
${t!==e&&Z`<${K} kind="warn">${P().zoneUnknown(e)}<//>`}`;if(!g){let a=!k||!w||w<k;return Z`${C([],!1)}<${K} kind="warn">${a?Y().history.noDays:P().tooLong(366)}<//>`}let z={wanted:{accountId:E.value,teamId:aa.value,range:g,zone:t},isTable:f.value,frame:C,again:h.value};switch(a){case"timeline":return Z`<${ta} key=${a} ...${z} />`;case"time":return Z`<${ia} key=${a} ...${z} by=${b.value} />`;default:return Z`<${ua} key=${a} ...${z} />`}}function ma({label:a,of:e,choices:t,name:s}){return Z`<label class="labelled"
>${a}
<select onChange=${a=>e.value=a.currentTarget.value}>
${t.map(a=>Z`<option key=${a} value=${a} selected=${a===e.value}>${s(a)}</option>`)}
</select></label
>`}function va({label:a,day:e}){return Z`<label class="labelled"
>${a}
<input type="date" value=${e.value} onChange=${a=>e.value=a.currentTarget.value}
/></label>`}export{da as ReportsPage};