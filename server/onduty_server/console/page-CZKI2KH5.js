import{A as a,D as e,E as t,F as s,G as l,H as n,a as o,b as r,c as $,d as i,e as u,f as d,g as c,h as p,i as m,l as v,m as b,n as f,p as h,r as y,s as k,u as w,w as g,x as C,z}from"./chunk-BODJMZAL.js";import{a as D,b as T,e as j,f as I,h as M,i as O}from"./chunk-7V263WIB.js";import{c as R}from"./chunk-RLNKGPYT.js";import{a as x,b as J}from"./chunk-LJJJZZCD.js";import{$ as L,F as P,Ia as B,La as H,M as V,Ma as Z,Ra as q,Sa as A,Va as G,Wa as U,Z as W,c as E,e as F,h as K,oa as N,pa as Y,qa as Q,r as S,s as X,sa as _,t as aa,v as ea}from"./chunk-2RMJNR7X.js";function ta({wanted:l,isTable:n,frame:o,again:r}){let{range:$,zone:i}=l,u=e((a,e)=>m({...l,signal:a},e),[l.accountId,l.teamId,$.start,$.end,i,r],(a,e)=>({...a,lines:M(a.lines,e)})),d=u.found.value,c=F(()=>O(d?.lines??[],W.value).map(a=>({...a,times:I(a.parts)})),[d,W.value]),p=K(null),v=j(c.map(({times:a})=>a)),b=D.filter(a=>void 0!==T[a]||v[a]>0),f=`${$.start} ${l.teamId} ${n}`,h=d?[J().people(c.length),d.isWhole?s(d,$,i):J().reading]:[];return S`${o(h,c.length>0&&(()=>a(c,i)))}
<${g} />
<${t} reading=${u} count=${c.length} range=${$} zone=${i} isCut=${d?.isCut} />
${c.length>0&&(n?S`<${na} rows=${c} zone=${i} top=${f} />`:S`<${z} kinds=${b} note=${w(c.flatMap(({parts:a})=>a))} />
<${sa} rows=${c} kinds=${b} wanted=${l} top=${f} onOpen=${a=>p.value=a} />`)}
${p.value&&S`<${ra} row=${p.value} wanted=${l} onClose=${()=>p.value=null} />`}`}function sa({rows:a,kinds:e,wanted:t,top:s,onOpen:o}){let{range:r,zone:$}=t,i=F(()=>c(r,2,$),[r.start,r.end,$]),u=[{name:"person",label:J().person,cell:a=>S`<button type="button" class="row-button" tabindex="-1" aria-haspopup="dialog" onClick=${()=>o(a)}>
<${H} id=${a.id} name=${a.name} />
</button>`,isHead:!0},{name:"strip",label:S`<${la} start=${r.start} end=${r.end} marks=${i} zone=${$} />`,cell:a=>S`<span class="visually-hidden">${k(a.times)}</span>
<${C} parts=${a.parts} start=${r.start} end=${r.end} marks=${i} zone=${$} />`},...n(e,a=>a.times)];return S`<div class="rows-frame" style=${{"--kinds":e.length}}>
<${l} items=${a} columns=${u} keyOf=${e=>e.id||`erased ${a.indexOf(e)}`} kind="barred of-day" label=${J().views.timeline} top=${s} />
</div>`}function la({start:a,end:e,marks:t,zone:s}){return S`<span class="visually-hidden">${J().time}</span>
<div class="marks" aria-hidden="true">
${t.map(t=>S`<span key=${t} style=${{left:(t-a)/(e-a)*100+"%"}}>${f(t,s).replace(/:00$/,"")}</span>`)}
</div>`}function na({rows:a,zone:e,top:t}){let s=F(()=>a.flatMap((a,e)=>a.parts.map(t=>({row:a,part:t,number:e}))),[a]),n=[{name:"person",label:J().person,isHead:!0,cell:({row:a})=>S`<${H} id=${a.id} name=${a.name} />`},{name:"from",label:J().from,cell:({part:a})=>f(a.from,e,!0)},{name:"to",label:J().to,cell:({part:a})=>f(a.to,e,!0)},{name:"what",label:J().status,cell:({part:a})=>S`<${oa} kind=${a.kind} />`},{name:"why",label:J().why,cell:({part:a})=>y(a),title:({part:a})=>y(a)},{name:"long",label:J().length,cell:({part:a})=>b(a.to-a.from)}];return S`<${l} items=${s} columns=${n} keyOf=${({part:a,number:e})=>`${e} ${a.from}`} kind="parts" label=${J().views.timeline} top=${t} />`}function oa({kind:a}){let e=T[a];return void 0===e?S`<i class="hint">${v(a)}</i>`:S`<${B} status=${e} />`}function ra({row:a,wanted:{range:e,zone:t},onClose:s}){return S`<${_} title=${J().dayOf(a.id?Z(a.id):L().common.erased)} onClose=${s}>
<p class="hint">${h(e.start,t)} · ${J().zone(t)}</p>
<${C} parts=${a.parts} start=${e.start} end=${e.end} marks=${c(e,2,t)} zone=${t} />
<p>${k(a.times)}</p>
<div class="answers" tabindex="0" role="region" aria-label=${J().looks.table}>
<table class="plain stacked of-day">
<thead>
<tr>${[J().time,J().status,J().why,J().length].map(a=>S`<th key=${a} scope="col">${a}</th>`)}</tr>
</thead>
<tbody>
${a.parts.map(a=>S`<tr key=${a.from}>
<td>${f(a.from,t,!0)} – ${f(a.to,t,!0)}</td>
<td><${oa} kind=${a.kind} /></td>
<td class="breaks">${y(a)}</td>
<td>${b(a.to-a.from)}</td>
</tr>`)}
</tbody>
</table>
</div>
<div class="dialog-actions">
${a.id&&S`<a class="quiet-link" href=${ea("person",a.id)}>${J().openPerson}</a>`}
<button type="button" autofocus onClick=${s}>${L().common.close}</button>
</div>
<//>`}var $a=["timeline","time","coverage"],ia=U(async()=>(await(import("./times-4DMI5REG.js"))).TimesView),ua=U(async()=>(await(import("./coverage-HTDQIDY7.js"))).CoverageView),da=U(async()=>(await x(),ca));function ca(){let a=K(""),e=K(""),t=K(0);E(()=>{let t=new AbortController;return e.value="",p(P.peek(),t.signal).then(e=>a.value=e||"UTC",a=>{!A(a)&&!V(a)&&(e.value=q(a))}),()=>t.abort()},[t.value]);let s=X.value.rest[0]??$a[0];if(!$a.includes(s))return S`<${Y} isPage title=${L().errors.noPage} />`;let l=S`<button type="button" onClick=${()=>t.value++}>${L().common.retry}</button>`;return S`<div class="reports-head">
<h1>${J().title}</h1>
<nav class="chips" aria-label=${J().view}>
${$a.map(a=>S`<a key=${a} class="chip" href=${ea("reports",a)} aria-current=${a===s?"page":null}>${J().views[a]}</a>`)}
</nav>
</div>
${e.value&&S`<${N} kind="error" actions=${l}>${e.value}<//>`}
${a.value?S`<${pa} view=${s} zone=${a.value} />`:!e.value&&S`<${Q} />`}`}function pa({view:a,zone:e}){let t=$(e)?e:"UTC",s="timeline"===a,l=K("today"),n=K("week"),c=u(i(Date.now(),t),-1),[p,m,v]=[K(c),K(c),K(c)],b=K("person"),f=K(!1),h=K(0),y=s?l:n,[k,w]=s?[p.value,p.value]:[m.value,v.value],g=F(()=>d(y.value,k,w,Date.now(),t),[y.value,k,w,t,h.value]),C=(l,n)=>S`<div class="tools">
<${G} all=${L().board.allTeams} isKept />
<${ma} label=${J().range} of=${y} choices=${s?r:o} name=${a=>s&&"days"===a?J().day:J().ranges[a]} />
${"days"===y.value&&(s?S`<${va} label=${J().date} day=${p} />`:S`<${va} label=${L().history.firstDay} day=${m} /><${va} label=${L().history.lastDay} day=${v} />`)}
${"time"===a&&S`<${ma} label=${J().bars} of=${b} choices=${["person","day"]} name=${a=>J().by[a]} />`}
<label class="labelled"
>${J().look}
<select onChange=${a=>f.value="table"===a.currentTarget.value}>
${["picture","table"].map(a=>S`<option value=${a} selected=${"table"===a===f.value}>${J().looks[a]}</option>`)}
</select></label
>
${n&&S`<button type="button" onClick=${()=>R([P.value,a,g?.first,g?.last!==g?.first&&g?.last].filter(Boolean).join("-")+".csv",n())}>${L().history.download}</button>`}
<div class="standing end">
<p class="hint" role="status">${[...l,J().zone(t)].filter(Boolean).join(" · ")}</p>
<button type="button" class="quiet" onClick=${()=>h.value++}>${L().history.refresh}</button>
</div>
</div>
${t!==e&&S`<${N} kind="warn">${J().zoneUnknown(e)}<//>`}`;if(!g){let a=!k||!w||w<k;return S`${C([],!1)}<${N} kind="warn">${a?L().history.noDays:J().tooLong(366)}<//>`}let z={wanted:{accountId:P.value,teamId:aa.value,range:g,zone:t},isTable:f.value,frame:C,again:h.value};switch(a){case"timeline":return S`<${ta} key=${a} ...${z} />`;case"time":return S`<${ia} key=${a} ...${z} by=${b.value} />`;default:return S`<${ua} key=${a} ...${z} />`}}function ma({label:a,of:e,choices:t,name:s}){return S`<label class="labelled"
>${a}
<select onChange=${a=>e.value=a.currentTarget.value}>
${t.map(a=>S`<option key=${a} value=${a} selected=${a===e.value}>${s(a)}</option>`)}
</select></label
>`}function va({label:a,day:e}){return S`<label class="labelled"
>${a}
<input type="date" value=${e.value} onChange=${a=>e.value=a.currentTarget.value}
/></label>`}export{da as ReportsPage};