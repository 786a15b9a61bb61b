import{A as a,B as e,E as t,F as s,G as l,H as n,I as o,a as r,b as $,c as i,d as u,e as d,f as c,g as p,h as m,i as v,m as b,n as f,o as h,q as y,s as k,t as w,v as g,x as C,y as z}from"./chunk-35GKHQ5O.js";import{a as T,b as j,e as I,f as M,h as D,i as O}from"./chunk-AQMI6X5W.js";import{c as H}from"./chunk-R7VD77KL.js";import{a as K,b as R}from"./chunk-MM2AZFRE.js";import{$ as x,F as A,Ia as V,La as q,M as B,Ma as L,Ra as P,Sa as W,Va as F,Wa as U,Z as E,c as G,e as Q,h as Z,oa as J,pa as S,qa as X,r as Y,s as N,sa as _,t as aa,v as ea}from"./chunk-HCHKTJTM.js";function ta({wanted:n,isTable:o,frame:r,again:$}){let{range:i,zone:u}=n,d=t((a,e)=>v({...n,signal:a},e),[n.accountId,n.teamId,i.start,i.end,u,$],(a,e)=>({...a,lines:D(a.lines,e)})),c=d.found.value,p=Q(()=>O(c?.lines??[],E.value).map(a=>({...a,times:M(a.parts)})),[c,E.value]),m=Z(null),b=I(p.map(({times:a})=>a)),f=T.filter(a=>void 0!==j[a]||b[a]>0),h=`${i.start} ${n.teamId} ${o}`,y=c?[R().people(p.length),c.isWhole?l(c,i,u):R().reading]:[];return Y`${r(y,p.length>0&&(()=>e(p,u)))}
<${C} />
<${s} reading=${d} count=${p.length} range=${i} zone=${u} isCut=${c?.isCut} />
${p.length>0&&(o?Y`<${na} rows=${p} zone=${u} top=${h} />`:Y`<${a} kinds=${f} note=${g(p.flatMap(({parts:a})=>a))} />
<${sa} rows=${p} kinds=${f} wanted=${n} top=${h} onOpen=${a=>m.value=a} />`)}
${m.value&&Y`<${ra} row=${m.value} wanted=${n} onClose=${()=>m.value=null} />`}`}function sa({rows:a,kinds:e,wanted:t,top:s,onOpen:l}){let{range:r,zone:$}=t,i=Q(()=>p(r,2,$),[r.start,r.end,$]),u=[{name:"person",label:R().person,cell:a=>Y`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${()=>l(a)}>
<${q} id=${a.id} name=${a.name} />
</button>`,isHead:!0},{name:"strip",label:Y`<${la} start=${r.start} end=${r.end} marks=${i} zone=${$} />`,cell:a=>Y`<span class="visually-hidden">${w(a.times)}</span>
<${z} parts=${a.parts} start=${r.start} end=${r.end} marks=${i} zone=${$} />`},...o(e,a=>a.times)];return Y`<div class="rows-frame" style=${{"--kinds":e.length}}>
<${n} items=${a} columns=${u} keyOf=${e=>e.id||`erased ${a.indexOf(e)}`} kind="barred of-day" label=${R().views.timeline} top=${s} />
</div>`}function la({start:a,end:e,marks:t,zone:s}){return Y`<span class="visually-hidden">${R().time}</span>
<div class="marks" aria-hidden="true">
${t.map(t=>Y`<span key=${t} style=${{left:(t-a)/(e-a)*100+"%"}}>${h(t,s).replace(/:00$/,"")}</span>`)}
</div>`}function na({rows:a,zone:e,top:t}){let s=Q(()=>a.flatMap((a,e)=>a.parts.map(t=>({row:a,part:t,number:e}))),[a]),l=[{name:"person",label:R().person,isHead:!0,cell:({row:a})=>Y`<${q} id=${a.id} name=${a.name} />`},{name:"from",label:R().from,cell:({part:a})=>h(a.from,e,!0)},{name:"to",label:R().to,cell:({part:a})=>h(a.to,e,!0)},{name:"what",label:R().status,cell:({part:a})=>Y`<${oa} kind=${a.kind} />`},{name:"why",label:R().why,cell:({part:a})=>k(a),title:({part:a})=>k(a)},{name:"long",label:R().length,cell:({part:a})=>f(a.to-a.from)}];return Y`<${n} items=${s} columns=${l} keyOf=${({part:a,number:e})=>`${e} ${a.from}`} kind="parts" label=${R().views.timeline} top=${t} />`}function oa({kind:a}){let e=j[a];return void 0===e?Y`<i class="hint">${b(a)}</i>`:Y`<${V} status=${e} />`}function ra({row:a,wanted:{range:e,zone:t},onClose:s}){return Y`<${_} title=${R().dayOf(a.id?L(a.id):x().common.erased)} onClose=${s}>
<p class="hint">${y(e.start,t)} · ${R().zone(t)}</p>
<${z} parts=${a.parts} start=${e.start} end=${e.end} marks=${p(e,2,t)} zone=${t} />
<p>${w(a.times)}</p>
<div class="answers" tabindex="0" role="region" aria-label=${R().looks.table}>
<table class="plain stacked of-day">
<thead>
<tr>${[R().time,R().status,R().why,R().length].map(a=>Y`<th key=${a} scope="col">${a}</th>`)}</tr>
</thead>
<tbody>
${a.parts.map(a=>Y`<tr key=${a.from}>
<td>${h(a.from,t,!0)} – ${h(a.to,t,!0)}</td>
<td><${oa} kind=${a.kind} /></td>
<td class="breaks">${k(a)}</td>
<td>${f(a.to-a.from)}</td>
</tr>`)}
</tbody>
</table>
</div>
<div class="dialog-actions">
${a.id&&Y`<a class="quiet-link" href=${ea("person",a.id)}>${R().openPerson}</a>`}
<button type="button" autofocus onClick=${s}>${x().common.close}</button>
</div>
<//>`}var $a=["timeline","time","coverage"],ia=U(async()=>(await(import("./times-3AB2KV6T.js"))).TimesView),ua=U(async()=>(await(import("./coverage-D3LKRWRY.js"))).CoverageView),da=U(async()=>(await K(),ca));function ca(){let a=Z(""),e=Z(""),t=Z(0);G(()=>{let t=new AbortController;return e.value="",m(A.peek(),t.signal).then(e=>a.value=e||"UTC",a=>{!W(a)&&!B(a)&&(e.value=P(a))}),()=>t.abort()},[t.value]);let s=N.value.rest[0]??$a[0];if(!$a.includes(s))return Y`<${S} isPage title=${x().errors.noPage} />`;let l=Y`<button type="button" onClick=${()=>t.value++}>${x().common.retry}</button>`;return Y`<div class="reports-head">
<h1>${R().title}</h1>
<nav class="chips" aria-label=${R().view}>
${$a.map(a=>Y`<a key=${a} class="chip" href=${ea("reports",a)} aria-current=${a===s?"page":null}>${R().views[a]}</a>`)}
</nav>
</div>
${e.value&&Y`<${J} kind="error" actions=${l}>${e.value}<//>`}
${a.value?Y`<${pa} view=${s} zone=${a.value} />`:!e.value&&Y`<${X} />`}`}function pa({view:a,zone:e}){let t=i(e)?e:"UTC",s="timeline"===a,l=Z("today"),n=Z("week"),o=d(u(Date.now(),t),-1),[p,m,v]=[Z(o),Z(o),Z(o)],b=Z("person"),f=Z(!1),h=Z(0),y=s?l:n,[k,w]=s?[p.value,p.value]:[m.value,v.value],g=Q(()=>c(y.value,k,w,Date.now(),t),[y.value,k,w,t,h.value]),C=(l,n)=>Y`<div class="tools">
<${F} all=${x().board.allTeams} isKept />
<${ma} label=${R().range} of=${y} choices=${s?$:r} name=${a=>s&&"days"===a?R().day:R().ranges[a]} />
${"days"===y.value&&(s?Y`<${va} label=${R().date} day=${p} />`:Y`<${va} label=${x().history.firstDay} day=${m} /><${va} label=${x().history.lastDay} day=${v} />`)}
${"time"===a&&Y`<${ma} label=${R().bars} of=${b} choices=${["person","day"]} name=${a=>R().by[a]} />`}
<label class="labelled"
>${R().look}
<select onChange=${a=>f.value="table"===a.currentTarget.value}>
${["picture","table"].map(a=>Y`<option value=${a} selected=${"table"===a===f.value}>${R().looks[a]}</option>`)}
</select></label
>
${n&&Y`<button type="button" onClick=${()=>H([A.value,a,g?.first,g?.last!==g?.first&&g?.last].filter(Boolean).join("-")+".csv",n())}>${x().history.download}</button>`}
<div class="standing end">
<p class="hint" role="status">${[...l,R().zone(t)].filter(Boolean).join(" · ")}</p>
<button type="button" class="quiet" onClick=${()=>h.value++}>${x().history.refresh}</button>
</div>
</div>
${t!==e&&Y`<${J} kind="warn">${R().zoneUnknown(e)}<//>`}`;if(!g){let a=!k||!w||w<k;return Y`${C([],!1)}<${J} kind="warn">${a?x().history.noDays:R().tooLong(366)}<//>`}let z={wanted:{accountId:A.value,teamId:aa.value,range:g,zone:t},isTable:f.value,frame:C,again:h.value};switch(a){case"timeline":return Y`<${ta} key=${a} ...${z} />`;case"time":return Y`<${ia} key=${a} ...${z} by=${b.value} />`;default:return Y`<${ua} key=${a} ...${z} />`}}function ma({label:a,of:e,choices:t,name:s}){return Y`<label class="labelled"
>${a}
<select onChange=${a=>e.value=a.currentTarget.value}>
${t.map(a=>Y`<option key=${a} value=${a} selected=${a===e.value}>${s(a)}</option>`)}
</select></label
>`}function va({label:a,day:e}){return Y`<label class="labelled"
>${a}
<input type="date" value=${e.value} onChange=${a=>e.value=a.currentTarget.value}
/></label>`}export{da as ReportsPage};