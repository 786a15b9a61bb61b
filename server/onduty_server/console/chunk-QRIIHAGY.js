import{a as e,c as a}from"./chunk-EP2DCEKO.js";import{$ as t,Aa as s,Ba as n,Ca as l,Da as i,Ea as r,F as o,O as d,R as $,T as u,U as c,V as v,W as p,X as h,Y as m,Z as g,aa as f,b,ca as y,d as k,da as w,e as C,ea as I,fa as E,ga as x,i as A,ia as D,ja as F,ka as L,l as M,la as N,ma as O,na as P,o as S,pa as j,qa as K,ra as R,sa as T,ta as U,ua as Y,x as q,y as z,ya as B,za as W}from"./chunk-RPKXKQOU.js";var X=[10,30,60,120,240,720,1440],H={[C.ONLINE]:1,[C.AWAY]:2/3,[C.OFFLINE]:1/3};function Q({parts:e,start:a,end:t}){let s=e=>(e-a)/(t-a)*1e3,n=function(e){let a=new Map;for(let{status:t,from:s,to:n}of e)a.set(t,(a.get(t)??0)+n-s);return[...a].sort(([e],[a])=>e-a)}(e),l=$().person.bar(n.map(([e,a])=>`${U(e)} ${m(a)}`).join(", "));return M`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${l}>
${e.map(({status:e,from:a,to:t})=>M`<rect
key=${a}
class="part ${T(e).toLowerCase()}"
x=${s(a)}
width=${Math.max(.5,s(t)-s(a))}
y=${28*(1-H[e])}
height=${28*H[e]}
>
<title>${`${U(e)}: ${h(a)} – ${h(t)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${function(e,a){let t=X.find(t=>(a-e)/6e4/t<=8)??1440,s=[],n=new Date(e);n.setHours(0,0,0,0);let[l,i,r]=[n.getFullYear(),n.getMonth(),n.getDate()];for(let n=0;;n+=t){let t=new Date(l,i,r,0,n).getTime();if(t>=a)return s;t>=e&&t!==s.at(-1)&&s.push(t)}}(a,t-(t-a)/20).map(e=>M`<span key=${e} style=${{left:s(e)/10+"%"}}>${function(e,a){return a>2*c?p("mark day",{weekday:"short",day:"numeric"}).format(e):p("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,t-a)}</span>`)}
</div>
</div>
<ul class="sums">
${n.map(([e,a])=>M`<li key=${e}><${Y} status=${e} /> ${m(a)}</li>`)}
</ul>`}var V=[8,24,168];function Z({id:e}){let a=$().person,s=k(!1);L.value;let n=F.all.get(e),l="live"===N.value;b(()=>{if(!l)return;let a=new AbortController,t=async()=>{if(!document.hidden)try{let{userStatus:t}=await q.getStatus({accountId:z.peek(),userId:e},{signal:a.signal});t&&K([t])}catch(e){if(!(e instanceof A))throw e;o(e)}};t();let s=setInterval(t,4e3);return document.addEventListener("visibilitychange",t),()=>{clearInterval(s),document.removeEventListener("visibilitychange",t),a.abort()}},[e,n?.revision,l]);let i=M`<p class="crumbs"><a href=${S("board")}><${f} name="back" />${a.back}</a></p>`;return"denied"===N.value?M`${i}<${w} isPage title=${$().errors.denied} />`:n?M`${i}<${R} />
<div class=${P.value?"stale":""}>
<div class="person-head">
<${G} person=${n} />
<${Y} status=${n.status} large />
${d("status.write",e)&&M`<button type="button" onClick=${()=>s.value=!0}>${$().board.setSelected}</button>`}
</div>
<${J} person=${n} />
<${_} id=${e} person=${n} />
</div>
${s.value&&M`<${r} ids=${[e]} onClose=${()=>s.value=!1} />`}`:M`${i}<${R} />
${O.value?M`<${w} isPage title=${a.unknown(t(e))} />`:M`<${I} />`}`}function G({person:{id:e,name:a,team:t}}){return M`<div>
<h1><${x}>${a||e}<//></h1>
${(a||t)&&M`<p class="hint known-as">
${a&&M`<span>${$().person.id} <${x}>${e}<//></span>`} ${t&&M`<span>${$().common.team} <${x}>${t}<//></span>`}
</p>`}
</div>`}function J({person:e}){let a=$().person,t=j.value,{lastActivity:l}=e,i=e=>M`<${E} ms=${e} now=${t} /> <span class="hint">(${g(t-e)})</span>`,r=D(e);return M`<dl class="facts card">
<div class="whole">
<dt>${a.why}</dt>
<dd>${B(e,e.checked&&void 0!==l?t-l:void 0)}</dd>
</div>
<div><dt>${a.since}</dt><dd>${i(e.since)}</dd></div>
<div><dt>${a.last}</dt><dd>${void 0===l?a.never:i(l)}</dd></div>
<div>
<dt>${a.next}</dt>
<dd>
${r?M`<${n} person=${e} />`:a.none}
<p class="hint">${r&&s(r.cause)||" "}</p>
</dd>
</div>
<div><dt>${a.end}</dt><dd>${W(e)||a.nothing}</dd></div>
<div><dt>${a.connected}</dt><dd>${e.isConnected?$().workflows.yes:$().workflows.no}</dd></div>
<div><dt>${a.engagements}</dt><dd>${e.engagements||a.nothing}</dd></div>
</dl>`}function _({id:a,person:t}){let s=$().person,n=k(24),r=k(0),d=k(null),c=k(""),v=j.value,p=r.value||v,m=n.value*u,g=p-m,f="live"===N.value;b(()=>{if(!f)return;let t=new AbortController;return e({accountId:z.peek(),userId:a,start:g,signal:t.signal}).then(e=>{d.value={...e,start:g},c.value=""},e=>{!i(e)&&!o(e)&&(c.value=l(e))}),()=>t.abort()},[a,m,r.value,t.revision,f]);let{changes:w=[],isCapped:E=!1}=d.value??{},x=null!==d.value&&d.value.start<=g,A=e=>r.value=e<j.peek()?e:0;return M`<section class="card">
<div class="section-head">
<h2>${s.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>A(g)}>${s.earlier}</button>
<button type="button" disabled=${!r.value} onClick=${()=>A(p+m)}>${s.later}</button>
<label
><span class="visually-hidden">${s.range}</span>
<select onChange=${e=>n.value=Number(e.currentTarget.value)}>
${V.map(e=>M`<option value=${e} selected=${e===n.value}>${s.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${r.value>0&&M`<p role="status">${h(g,v)} – ${h(p,v)}</p>`}
${c.value&&M`<${y} kind="error">${c.value}<//>`}
${E?M`<${y} kind="warn">${s.capped}<//>`:x?M`<${Q} parts=${function(e,a,t,s){let n=[],l=(e,a,l)=>{let i=n.at(-1);a=Math.max(a,t),l=Math.min(l,s),!(e===C.UNSPECIFIED||l<=a)&&(i&&i.status===e&&i.from===l?i.from=a:n.push({status:e,from:a,to:l}))},i=1/0;for(let a of e)l(a.to,a.at,i),i=a.at;let r=e.at(-1);return r?l(r.from,-1/0,i):l(a.status,a.since,i),n.reverse()}(w,t,g,p)} start=${g} end=${p} />
<${ee} changes=${w.filter(({at:e})=>e>=g&&e<p)} key=${`${m} ${r.value}`} />`:!c.value&&M`<${I} />`}
</section>`}function ee({changes:e}){let t=$().person,s=k(100);return 0===e.length?M`<p class="hint">${t.noChanges}</p>`:M`<table class="plain stacked">
<caption class="visually-hidden">${t.changes}</caption>
<thead>
<tr>
<th scope="col">${$().history.time}</th>
<th scope="col">${$().history.change}</th>
<th scope="col">${$().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,s.value).map(e=>M`<tr key=${String(e.revision)}>
<td><${E} ms=${e.at} /></td>
<td><${a} change=${e} /></td>
<td class="breaks">${B(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>s.value&&M`<button type="button" class="quiet" onClick=${()=>s.value+=100}>${$().common.more(e.length-s.value)}</button>`}
<p class="hint">${$().common.zone(v)}</p>`}export{Z as a,G as b,J as c,_ as d};