import{a as e}from"./chunk-6LWH73KS.js";import{a,c as t}from"./chunk-5A7RIWQM.js";import{a as s,b as n}from"./chunk-2YVWEEPG.js";import{$ as l,Aa as i,Ca as o,Da as r,E as d,Ea as $,F as u,Fa as c,Ga as v,Ia as p,M as m,Ma as h,Na as b,Oa as g,Pa as y,Qa as f,Ra as k,Sa as w,Ta as C,Ua as I,Y as S,c as E,d as N,da as A,ea as L,fa as x,ga as M,h as P,ha as j,i as O,ia as F,ja as U,la as W,ma as H,o as Q,oa as R,pa as T,qa as q,r as G,ra as Y,sa as _,ta as z,v as B,va as D,wa as K,xa as V,y as J,ya as X,za as Z}from"./chunk-772QFQIG.js";var ee=e=>(new TextEncoder).encode(e).length;function ae({person:e,onClose:a}){let t=l().edit,s=P(e.name),n=P(e.team),i=P(""),o=P(!1),$=P({name:e.name,team:e.team}),c={name:s.value.trim(),team:n.value.trim()},v=[c.name!==$.value.name&&"display_name",c.team!==$.value.team&&"team_id"].filter(Boolean),p={name:ee(c.name)>256?t.tooLong(256):"",team:ee(c.team)>128?t.tooLong(128):""},b=v.length>0&&!p.name&&!p.team&&!o.value,g=[["name",t.name,t.nameHint,s],["team",l().common.team,t.teamHint,n]];return G`<${_} title=${t.title(h(e.id))} onClose=${a}>
<form onSubmit=${async t=>{if(t.preventDefault(),b){o.value=!0,i.value="";try{let t={accountId:u.peek(),userId:e.id,displayName:c.name,teamId:c.team},{userStatus:s}=await d.updateUser({user:t,updateMask:{paths:v}});s&&r([s]),a()}catch(e){e instanceof Q&&"USER_UNKNOWN"===e.reason?i.value=l().setStatus.erased:m(e)||(i.value=k(e))}o.value=!1}}} novalidate>
${g.map(([e,a,t,s])=>G`<div key=${e} class="field ${p[e]?"wrong":""}">
<label for="edit-${e}">${a} <span class="hint">(${l().setStatus.optional})</span></label>
<input
id="edit-${e}"
list=${"team"===e?"known-teams":null}
autocomplete="off"
dir="auto"
disabled=${o.value}
value=${s.value}
aria-describedby="edit-${e}-hint"
aria-invalid=${p[e]?"true":null}
onInput=${e=>s.value=e.currentTarget.value}
/>
<p class=${p[e]?"problem":"hint"} id="edit-${e}-hint">${p[e]||t}</p>
</div>`)}
<datalist id="known-teams">${I.value.map(({teamId:e})=>G`<option key=${e} value=${e}></option>`)}</datalist>
${i.value&&G`<${R} kind="error">${i.value}<//>`}
<div class="dialog-actions">
<button type="button" onClick=${a}>${l().common.cancel}</button>
<button type="submit" class="primary" disabled=${!b}>${l().workflows.save}</button>
</div>
</form>
<//>`}var te={[O.ONLINE]:1,[O.AWAY]:2/3,[O.OFFLINE]:1/3};function se({parts:e,start:a,end:t}){let s=e=>(e-a)/(t-a)*1e3,i=function(e){let a=new Map;for(let{status:t,from:s,to:n}of e)a.set(t,(a.get(t)??0)+n-s);return[...a].sort(([e],[a])=>e-a)}(e),o=l().person.bar(i.map(([e,a])=>`${v(e)} ${F(a)}`).join(", "));return G`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${o}>
${e.map(({status:e,from:a,to:t})=>G`<rect
key=${a}
class="part ${c(e).toLowerCase()}"
x=${s(a)}
width=${Math.max(.5,s(t)-s(a))}
y=${28*(1-te[e])}
height=${28*te[e]}
>
<title>${`${v(e)}: ${j(a)} – ${j(t)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${n(a,t-(t-a)/20).map(e=>G`<span key=${e} style=${{left:s(e)/10+"%"}}>${function(e,a){return a>2*L?M("mark day",{weekday:"short",day:"numeric"}).format(e):M("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,t-a)}</span>`)}
</div>
</div>
<ul class="sums">
${i.map(([e,a])=>G`<li key=${e}><${p} status=${e} /> ${F(a)}</li>`)}
</ul>`}var ne=[8,24,168];function le({id:e}){let a=l().person,t=P("");V.value;let s=K.all.get(e),n=N(!1);n.current||=void 0!==s;let o=""===e||n.current&&!s,c="live"===X.value;E(()=>{o&&e&&J(B("person",""))},[o]),E(()=>{if(!c||o)return;let a=new AbortController,t=async()=>{if(!document.hidden)try{let{userStatus:t}=await d.getStatus({accountId:u.peek(),userId:e},{signal:a.signal});t&&r([t])}catch(e){if(!(e instanceof Q))throw e;m(e)}};t();let s=setInterval(t,4e3);return document.addEventListener("visibilitychange",t),()=>{clearInterval(s),document.removeEventListener("visibilitychange",t),a.abort()}},[e,s?.revision,c,o]);let v=()=>t.value="",h=G`<p class="crumbs"><a href=${B("board")}><${H} name="back" />${a.back}</a></p>`;return"denied"===X.value?G`${h}<${T} isPage title=${l().errors.denied} />`:o?G`${h}<${T} isPage title=${a.erased} hint=${a.erasedHint} />`:s?G`${h}<${$} />
<div class=${i.value?"stale":""}>
<div class="person-head">
<${oe} person=${s} />
<${p} status=${s.status} large />
<div class="person-acts">
${S("status.write",e)&&G`<button type="button" onClick=${()=>t.value="set"}>${l().board.setSelected}</button>`}
${S("user.write",e)&&G`<button type="button" onClick=${()=>t.value="edit"}>${l().edit.open}</button>`}
${S("user.delete",e)&&G`<button type="button" class="danger quiet" onClick=${()=>t.value="erase"}>${l().erase.open}</button>`}
</div>
</div>
<${re} person=${s} />
<${de} id=${e} person=${s} />
</div>
${"set"===t.value&&G`<${C} ids=${[e]} onClose=${v} />`}
${"edit"===t.value&&G`<${ae} person=${s} onClose=${v} />`}
${"erase"===t.value&&G`<${ie} id=${e} onClose=${v} />`}`:G`${h}<${$} />
${Z.value?G`<${T} isPage title=${a.unknown(W(e))} />`:G`<${q} />`}`}function ie({id:a,onClose:t}){let s=l().erase;return G`<${e}
title=${s.person(h(a))}
id=${a}
parts=${[{title:s.goes,lines:s.goesOfPerson},{title:s.stays,lines:s.staysOfPerson}]}
erase=${()=>d.deleteUser({accountId:u.peek(),userId:a},{timeoutMs:6e4})}
onClose=${t}
/>`}function oe({person:{id:e,name:a,team:t}}){return G`<div>
<h1><${z}>${a||e}<//></h1>
${(a||t)&&G`<p class="hint known-as">
${a&&G`<span>${l().person.id} <${z}>${e}<//></span>`} ${t&&G`<span>${l().common.team} <${z}>${t}<//></span>`}
</p>`}
</div>`}function re({person:e}){let a=l().person,t=o.value,{lastActivity:s}=e,n=e=>G`<${Y} ms=${e} now=${t} /> <span class="hint">(${U(t-e)})</span>`,i=D(e);return G`<dl class="facts card">
<div class="whole">
<dt>${a.why}</dt>
<dd>${b(e,e.checked&&void 0!==s?t-s:void 0)}</dd>
</div>
<div><dt>${a.since}</dt><dd>${n(e.since)}</dd></div>
<div><dt>${a.last}</dt><dd>${void 0===s?a.never:n(s)}</dd></div>
<div>
<dt>${a.next}</dt>
<dd>
${i?G`<${f} person=${e} />`:a.none}
<p class="hint">${i&&y(i.cause)||" "}</p>
</dd>
</div>
<div><dt>${a.end}</dt><dd>${g(e)||a.nothing}</dd></div>
<div><dt>${a.connected}</dt><dd>${e.isConnected?l().workflows.yes:l().workflows.no}</dd></div>
<div><dt>${a.engagements}</dt><dd>${e.engagements||a.nothing}</dd></div>
</dl>`}function de({id:e,person:t}){let n=l().person,i=P(24),r=P(0),d=P(null),$=P(""),c=o.value,v=r.value||c,p=i.value*A,h=v-p,b="live"===X.value;E(()=>{if(!b)return;let t=new AbortController;return a({accountId:u.peek(),userId:e,start:h,signal:t.signal}).then(e=>{d.value={...e,start:h},$.value=""},e=>{!w(e)&&!m(e)&&($.value=k(e))}),()=>t.abort()},[e,p,r.value,t.revision,b]);let{changes:g=[],isCapped:y=!1}=d.value??{},f=null!==d.value&&d.value.start<=h,C=e=>r.value=e<o.peek()?e:0;return G`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>C(h)}>${n.earlier}</button>
<button type="button" disabled=${!r.value} onClick=${()=>C(v+p)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${e=>i.value=Number(e.currentTarget.value)}>
${ne.map(e=>G`<option value=${e} selected=${e===i.value}>${n.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${r.value>0&&G`<p role="status">${j(h,c)} – ${j(v,c)}</p>`}
${$.value&&G`<${R} kind="error">${$.value}<//>`}
${y?G`<${R} kind="warn">${n.capped}<//>`:f?G`<${se} parts=${s(g,t,h,v)} start=${h} end=${v} />
<${$e} changes=${g.filter(({at:e})=>e>=h&&e<v)} key=${`${p} ${r.value}`} />`:!$.value&&G`<${q} />`}
</section>`}function $e({changes:e}){let a=l().person,s=P(100);return 0===e.length?G`<p class="hint">${a.noChanges}</p>`:G`<table class="plain stacked">
<caption class="visually-hidden">${a.changes}</caption>
<thead>
<tr>
<th scope="col">${l().history.time}</th>
<th scope="col">${l().history.change}</th>
<th scope="col">${l().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,s.value).map(e=>G`<tr key=${String(e.revision)}>
<td><${Y} ms=${e.at} /></td>
<td><${t} change=${e} /></td>
<td class="breaks">${b(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>s.value&&G`<button type="button" class="quiet" onClick=${()=>s.value+=100}>${l().common.more(e.length-s.value)}</button>`}
<p class="hint">${l().common.zone(x)}</p>`}export{le as a,oe as b,re as c,de as d};