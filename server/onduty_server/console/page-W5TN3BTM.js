import{A as a,B as e,E as t,F as s,G as l,H as n,I as o,a as r,b as $,c as i,d as u,e as d,f as c,g as p,h as m,i as v,m as b,n as f,o as h,q as y,s as k,t as w,v as g,x as C,y as z}from"./chunk-F4CVCI6W.js";import{a as j,b as I,e as T,f as D,h as M,i as N}from"./chunk-N5F6S4RG.js";import{c as O}from"./chunk-XMYWLCYN.js";import{a as x,b as G}from"./chunk-IQRM4KZN.js";import{$ as L,F as P,Ia as R,La as V,M as q,Ma as B,Ra as F,Sa as S,Va as U,Wa as W,Z as H,c as Q,e as X,h as A,oa as K,pa as Y,qa as Z,r as E,s as J,sa as _,t as aa,v as ea}from"./chunk-LVUNQX7G.js";function ta({wanted:n,isTable:o,frame:r,again:$}){let{range:i,zone:u}=n,d=t((a,e)=>v({...n,signal:a},e),[n.accountId,n.teamId,i.start,i.end,u,$],(a,e)=>({...a,lines:M(a.lines,e)})),c=d.found.value,p=X(()=>N(c?.lines??[],H.value).map(a=>({...a,times:D(a.parts)})),[c,H.value]),m=A(null),b=T(p.map(({times:a})=>a)),f=j.filter(a=>void 0!==I[a]||b[a]>0),h=`${i.start} ${n.teamId} ${o}`,y=c?[G().people(p.length),c.isWhole?l(c,i,u):G().reading]:[];return E`${r(y,p.length>0&&(()=>e(p,u)))}
<${C} />
<${s} reading=${d} count=${p.length} range=${i} zone=${u} isCut=${c?.isCut} />
${p.length>0&&(o?E`<${na} rows=${p} zone=${u} top=${h} />`:E`<${a} kinds=${f} note=${g(p.flatMap(({parts:a})=>a))} />
<${sa} rows=${p} kinds=${f} wanted=${n} top=${h} onOpen=${a=>m.value=a} />`)}
${m.value&&E`<${ra} row=${m.value} wanted=${n} onClose=${()=>m.value=null} />`}`}function sa({rows:a,kinds:e,wanted:t,top:s,onOpen:l}){let{range:r,zone:$}=t,i=X(()=>p(r,2,$),[r.start,r.end,$]),u=[{name:"person",label:G().person,cell:a=>E`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${()=>l(a)}>
<${V} id=${a.id} name=${a.name} />
</button>`,isHead:!0},{name:"strip",label:E`<${la} start=${r.start} end=${r.end} marks=${i} zone=${$} />`,cell:a=>E`<span class="visually-hidden">${w(a.times)}</span>
<${z} parts=${a.parts} start=${r.start} end=${r.end} marks=${i} zone=${$} />`},...o(e,a=>a.times)];return E`<div class="rows-frame" style=${{"--kinds":e.length}}>
<${n} items=${a} columns=${u} keyOf=${e=>e.id||`erased ${a.indexOf(e)}`} kind="barred of-day" label=${G().views.timeline} top=${s} />
</div>`}function la({start:a,end:e,marks:t,zone:s}){return E`<span class="visually-hidden">${G().time}</span>
<div class="marks" aria-hidden="true">
${t.map(t=>E`<span key=${t} style=${{left:(t-a)/(e-a)*100+"%"}}>${h(t,s).replace(/:00$/,"")}</span>`)}
</div>`}function na({rows:a,zone:e,top:t}){let s=X(()=>a.flatMap((a,e)=>a.parts.map(t=>({row:a,part:t,number:e}))),[a]),l=[{name:"person",label:G().person,isHead:!0,cell:({row:a})=>E`<${V} id=${a.id} name=${a.name} />`},{name:"from",label:G().from,cell:({part:a})=>h(a.from,e,!0)},{name:"to",label:G().to,cell:({part:a})=>h(a.to,e,!0)},{name:"what",label:G().status,cell:({part:a})=>E`<${oa} kind=${a.kind} />`},{name:"why",label:G().why,cell:({part:a})=>k(a),title:({part:a})=>k(a)},{name:"long",label:G().length,cell:({part:a})=>f(a.to-a.from)}];return E`<${n} items=${s} columns=${l} keyOf=${({part:a,number:e})=>`${e} ${a.from}`} kind="parts" label=${G().views.timeline} top=${t} />`}function oa({kind:a}){let e=I[a];return void 0===e?E`<i class="hint">${b(a)}</i>`:E`<${R} status=${e} />`}function ra({row:a,wanted:{range:e,zone:t},onClose:s}){return E`<${_} title=${G().dayOf(a.id?B(a.id):L().common.erased)} onClose=${s}>
<p class="hint">${y(e.start,t)} · ${G().zone(t)}</p>
<${z} parts=${a.parts} start=${e.start} end=${e.end} marks=${p(e,2,t)} zone=${t} />
<p>${w(a.times)}</p>
<div class="answers" tabindex="0" role="region" aria-label=${G().looks.table}>
<table class="plain stacked of-day">
<thead>
<tr>${[G().time,G().status,G().why,G().length].map(a=>E`<th key=${a} scope="col">${a}</th>`)}</tr>
</thead>
<tbody>
${a.parts.map(a=>E`<tr key=${a.from}>
<td>${h(a.from,t,!0)} – ${h(a.to,t,!0)}</td>
<td><${oa} kind=${a.kind} /></td>
<td class="breaks">${k(a)}</td>
<td>${f(a.to-a.from)}</td>
</tr>`)}
</tbody>
</table>
</div>
<div class="dialog-actions">
${a.id&&E`<a class="quiet-link" href=${ea("person",a.id)}>${G().openPerson}</a>`}
<button type="button" autofocus onClick=${s}>${L().common.close}</button>
</div>
<//>`}var $a=["timeline","time","coverage"],ia=W(async()=>(await(import("./times-QGGSXCBS.js"))).TimesView),ua=W(async()=>(await(import("./coverage-DRPND5NL.js"))).CoverageView),da=W(async()=>(await x(),ca));function ca(){let a=A(""),e=A(""),t=A(0);Q(()=>{let t=new AbortController;return e.value="",m(P.peek(),t.signal).then(e=>a.value=e||"UTC",a=>{!S(a)&&!q(a)&&(e.value=F(a))}),()=>t.abort()},[t.value]);let s=J.value.rest[0]??$a[0];if(!$a.includes(s))return E`<${Y} isPage title=${L().errors.noPage} />`;let l=E`<button type="button" onClick=${()=>t.value++}>${L().common.retry}</button>`;return E`<div class="reports-head">
<h1>${G().title}</h1>
<nav class="chips" aria-label=${G().view}>
${$a.map(a=>E`<a key=${a} class="chip" href=${ea("reports",a)} aria-current=${a===s?"page":null}>${G().views[a]}</a>`)}
</nav>
</div>
${e.value&&E`<${K} kind="error" actions=${l}>${e.value}<//>`}
${a.value?E`<${pa} view=${s} zone=${a.value} />`:!e.value&&E`<${Z} />`}`}function pa({view:a,zone:e}){let t=i(e)?e:"UTC",s="timeline"===a,l=A("today"),n=A("week"),o=d(u(Date.now(),t),-1),[p,m,v]=[A(o),A(o),A(o)],b=A("person"),f=A(!1),h=A(0),y=s?l:n,[k,w]=s?[p.value,p.value]:[m.value,v.value],g=X(()=>c(y.value,k,w,Date.now(),t),[y.value,k,w,t,h.value]),C=(l,n)=>E`<div class="tools">
<${U} all=${L().board.allTeams} isKept />
<${ma} label=${G().range} of=${y} choices=${s?$:r} name=${a=>s&&"days"===a?G().day:G().ranges[a]} />
${"days"===y.value&&(s?E`<${va} label=${G().date} day=${p} />`:E`<${va} label=${L().history.firstDay} day=${m} /><${va} label=${L().history.lastDay} day=${v} />`)}
${"time"===a&&E`<${ma} label=${G().bars} of=${b} choices=${["person","day"]} name=${a=>G().by[a]} />`}
<label class="labelled"
>${G().look}
<select onChange=${a=>f.value="table"===a.currentTarget.value}>
${["picture","table"].map(a=>E`<option value=${a} selected=${"table"===a===f.value}>${G().looks[a]}</option>`)}
</select></label
>
${n&&E`<button type="button" onClick=${()=>O([P.value,a,g?.first,g?.last!==g?.first&&g?.last].filter(Boolean).join("-")+".csv",n())}>${L().history.download}</button>`}
<div class="standing end">
<p class="hint" role="status">${[...l,G().zone(t)].filter(Boolean).join(" · ")}</p>
<button type="button" class="quiet" onClick=${()=>h.value++}>${L().history.refresh}</button>
</div>
</div>
${t!==e&&E`<${K} kind="warn">${G().zoneUnknown(e)}<//>`}`;if(!g){let a=!k||!w||w<k;return E`${C([],!1)}<${K} kind="warn">${a?L().history.noDays:G().tooLong(366)}<//>`}let z={wanted:{accountId:P.value,teamId:aa.value,range:g,zone:t},isTable:f.value,frame:C,again:h.value};switch(a){case"timeline":return E`<${ta} key=${a} ...${z} />`;case"time":return E`<${ia} key=${a} ...${z} by=${b.value} />`;default:return E`<${ua} key=${a} ...${z} />`}}function ma({label:a,of:e,choices:t,name:s}){return E`<label class="labelled"
>${a}
<select onChange=${a=>e.value=a.currentTarget.value}>
${t.map(a=>E`<option key=${a} value=${a} selected=${a===e.value}>${s(a)}</option>`)}
</select></label
>`}function va({label:a,day:e}){return E`<label class="labelled"
>${a}
<input type="date" value=${e.value} onChange=${a=>e.value=a.currentTarget.value}
/></label>`}export{da as ReportsPage};