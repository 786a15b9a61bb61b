import{A as a,B as e,E as t,F as s,G as l,H as n,I as o,a as r,b as $,c as i,d as u,e as d,f as c,g as p,h as m,i as v,m as b,n as f,o as h,q as y,s as k,t as w,v as g,x as C,y as z}from"./chunk-D7R5XWK2.js";import{a as T,b as j,e as I,f as D,h as M,i as O}from"./chunk-5NVHYXTJ.js";import{c as U}from"./chunk-FQG5EZ7N.js";import{a as x,b as H}from"./chunk-2RIPJR2E.js";import{$ as P,F as R,Ia as q,La as J,M as V,Ma as B,Ra as E,Sa as F,Va as K,Wa as L,Z as Q,c as S,e as W,h as Z,oa as A,pa as G,qa as N,r as X,s as Y,sa as _,t as aa,v as ea}from"./chunk-CKQJLUM6.js";function ta({wanted:n,isTable:o,frame:r,again:$}){let{range:i,zone:u}=n,d=t((a,e)=>v({...n,signal:a},e),[n.accountId,n.teamId,i.start,i.end,u,$],(a,e)=>({...a,lines:M(a.lines,e)})),c=d.found.value,p=W(()=>O(c?.lines??[],Q.value).map(a=>({...a,times:D(a.parts)})),[c,Q.value]),m=Z(null),b=I(p.map(({times:a})=>a)),f=T.filter(a=>void 0!==j[a]||b[a]>0),h=`${i.start} ${n.teamId} ${o}`,y=c?[H().people(p.length),c.isWhole?l(c,i,u):H().reading]:[];return X`${r(y,p.length>0&&(()=>e(p,u)))}
<${C} />
<${s} reading=${d} count=${p.length} range=${i} zone=${u} isCut=${c?.isCut} />
${p.length>0&&(o?X`<${na} rows=${p} zone=${u} top=${h} />`:X`<${a} kinds=${f} note=${g(p.flatMap(({parts:a})=>a))} />
<${sa} rows=${p} kinds=${f} wanted=${n} top=${h} onOpen=${a=>m.value=a} />`)}
${m.value&&X`<${ra} row=${m.value} wanted=${n} onClose=${()=>m.value=null} />`}`}function sa({rows:a,kinds:e,wanted:t,top:s,onOpen:l}){let{range:r,zone:$}=t,i=W(()=>p(r,2,$),[r.start,r.end,$]),u=[{name:"person",label:H().person,cell:a=>X`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${()=>l(a)}>
<${J} id=${a.id} name=${a.name} />
</button>`,isHead:!0},{name:"strip",label:X`<${la} start=${r.start} end=${r.end} marks=${i} zone=${$} />`,cell:a=>X`<span class="visually-hidden">${w(a.times)}</span>
<${z} parts=${a.parts} start=${r.start} end=${r.end} marks=${i} zone=${$} />`},...o(e,a=>a.times)];return X`<div class="rows-frame" style=${{"--kinds":e.length}}>
<${n} items=${a} columns=${u} keyOf=${e=>e.id||`erased ${a.indexOf(e)}`} kind="barred of-day" label=${H().views.timeline} top=${s} />
</div>`}function la({start:a,end:e,marks:t,zone:s}){return X`<span class="visually-hidden">${H().time}</span>
<div class="marks" aria-hidden="true">
${t.map(t=>X`<span key=${t} style=${{left:(t-a)/(e-a)*100+"%"}}>${h(t,s).replace(/:00$/,"")}</span>`)}
</div>`}function na({rows:a,zone:e,top:t}){let s=W(()=>a.flatMap((a,e)=>a.parts.map(t=>({row:a,part:t,number:e}))),[a]),l=[{name:"person",label:H().person,isHead:!0,cell:({row:a})=>X`<${J} id=${a.id} name=${a.name} />`},{name:"from",label:H().from,cell:({part:a})=>h(a.from,e,!0)},{name:"to",label:H().to,cell:({part:a})=>h(a.to,e,!0)},{name:"what",label:H().status,cell:({part:a})=>X`<${oa} kind=${a.kind} />`},{name:"why",label:H().why,cell:({part:a})=>k(a),title:({part:a})=>k(a)},{name:"long",label:H().length,cell:({part:a})=>f(a.to-a.from)}];return X`<${n} items=${s} columns=${l} keyOf=${({part:a,number:e})=>`${e} ${a.from}`} kind="parts" label=${H().views.timeline} top=${t} />`}function oa({kind:a}){let e=j[a];return void 0===e?X`<i class="hint">${b(a)}</i>`:X`<${q} status=${e} />`}function ra({row:a,wanted:{range:e,zone:t},onClose:s}){return X`<${_} title=${H().dayOf(a.id?B(a.id):P().common.erased)} onClose=${s}>
<p class="hint">${y(e.start,t)} · ${H().zone(t)}</p>
<${z} parts=${a.parts} start=${e.start} end=${e.end} marks=${p(e,2,t)} zone=${t} />
<p>${w(a.times)}</p>
<div class="answers" tabindex="0" role="region" aria-label=${H().looks.table}>
<table class="plain stacked of-day">
<thead>
<tr>${[H().time,H().status,H().why,H().length].map(a=>X`<th key=${a} scope="col">${a}</th>`)}</tr>
</thead>
<tbody>
${a.parts.map(a=>X`<tr key=${a.from}>
<td>${h(a.from,t,!0)} – ${h(a.to,t,!0)}</td>
<td><${oa} kind=${a.kind} /></td>
<td class="breaks">${k(a)}</td>
<td>${f(a.to-a.from)}</td>
</tr>`)}
</tbody>
</table>
</div>
<div class="dialog-actions">
${a.id&&X`<a class="quiet-link" href=${ea("person",a.id)}>${H().openPerson}</a>`}
<button type="button" autofocus onClick=${s}>${P().common.close}</button>
</div>
<//>`}var $a=["timeline","time","coverage"],ia=L(async()=>(await(import("./times-S6IU4DUZ.js"))).TimesView),ua=L(async()=>(await(import("./coverage-QM76SYJH.js"))).CoverageView),da=L(async()=>(await x(),ca));function ca(){let a=Z(""),e=Z(""),t=Z(0);S(()=>{let t=new AbortController;return e.value="",m(R.peek(),t.signal).then(e=>a.value=e||"UTC",a=>{!F(a)&&!V(a)&&(e.value=E(a))}),()=>t.abort()},[t.value]);let s=Y.value.rest[0]??$a[0];if(!$a.includes(s))return X`<${G} isPage title=${P().errors.noPage} />`;let l=X`<button type="button" onClick=${()=>t.value++}>${P().common.retry}</button>`;return X`<div class="reports-head">
<h1>${H().title}</h1>
<nav class="chips" aria-label=${H().view}>
${$a.map(a=>X`<a key=${a} class="chip" href=${ea("reports",a)} aria-current=${a===s?"page":null}>${H().views[a]}</a>`)}
</nav>
</div>
${e.value&&X`<${A} kind="error" actions=${l}>${e.value}<//>`}
${a.value?X`<${pa} view=${s} zone=${a.value} />`:!e.value&&X`<${N} />`}`}function pa({view:a,zone:e}){let t=i(e)?e:"UTC",s="timeline"===a,l=Z("today"),n=Z("week"),o=d(u(Date.now(),t),-1),[p,m,v]=[Z(o),Z(o),Z(o)],b=Z("person"),f=Z(!1),h=Z(0),y=s?l:n,[k,w]=s?[p.value,p.value]:[m.value,v.value],g=W(()=>c(y.value,k,w,Date.now(),t),[y.value,k,w,t,h.value]),C=(l,n)=>X`<div class="tools">
<${K} all=${P().board.allTeams} isKept />
<${ma} label=${H().range} of=${y} choices=${s?$:r} name=${a=>s&&"days"===a?H().day:H().ranges[a]} />
${"days"===y.value&&(s?X`<${va} label=${H().date} day=${p} />`:X`<${va} label=${P().history.firstDay} day=${m} /><${va} label=${P().history.lastDay} day=${v} />`)}
${"time"===a&&X`<${ma} label=${H().bars} of=${b} choices=${["person","day"]} name=${a=>H().by[a]} />`}
<label class="labelled"
>${H().look}
<select onChange=${a=>f.value="table"===a.currentTarget.value}>
${["picture","table"].map(a=>X`<option value=${a} selected=${"table"===a===f.value}>${H().looks[a]}</option>`)}
</select></label
>
${n&&X`<button type="button" onClick=${()=>U([R.value,a,g?.first,g?.last!==g?.first&&g?.last].filter(Boolean).join("-")+".csv",n())}>${P().history.download}</button>`}
<div class="standing end">
<p class="hint" role="status">${[...l,H().zone(t)].filter(Boolean).join(" · ")}</p>
<button type="button" class="quiet" onClick=${()=>h.value++}>${P().history.refresh}</button>
</div>
</div>
${t!==e&&X`<${A} kind="warn">${H().zoneUnknown(e)}<//>`}`;if(!g){let a=!k||!w||w<k;return X`${C([],!1)}<${A} kind="warn">${a?P().history.noDays:H().tooLong(366)}<//>`}let z={wanted:{accountId:R.value,teamId:aa.value,range:g,zone:t},isTable:f.value,frame:C,again:h.value};switch(a){case"timeline":return X`<${ta} key=${a} ...${z} />`;case"time":return X`<${ia} key=${a} ...${z} by=${b.value} />`;default:return X`<${ua} key=${a} ...${z} />`}}function ma({label:a,of:e,choices:t,name:s}){return X`<label class="labelled"
>${a}
<select onChange=${a=>e.value=a.currentTarget.value}>
${t.map(a=>X`<option key=${a} value=${a} selected=${a===e.value}>${s(a)}</option>`)}
</select></label
>`}function va({label:a,day:e}){return X`<label class="labelled"
>${a}
<input type="date" value=${e.value} onChange=${a=>e.value=a.currentTarget.value}
/></label>`}export{da as ReportsPage};