import{a as e,b as a}from"./chunk-LOQVQVTV.js";import{a as t}from"./chunk-2GTW4N6C.js";import{a as s,c as n}from"./chunk-KGN7VLIY.js";import{$ as l,Aa as i,Ca as o,Da as r,E as d,Ea as $,F as u,Fa as c,Ga as v,Ia as p,M as m,Ma as h,Na as b,Oa as g,Pa as y,Qa as f,Ra as k,Sa as w,Ta as C,Ua as I,Y as N,c as S,d as L,da as E,ea as T,fa as x,ga as A,h as M,ha as O,i as j,ia as P,ja as H,la as U,ma as F,o as V,oa as q,pa as G,qa as K,r as Q,ra as R,sa as W,ta as Y,v as _,va as z,wa as B,xa as D,y as J,ya as X,za as Z}from"./chunk-HCHKTJTM.js";var ee=e=>(new TextEncoder).encode(e).length;function ae({person:e,onClose:a}){let t=l().edit,s=M(e.name),n=M(e.team),i=M(""),o=M(!1),$=M({name:e.name,team:e.team}),c={name:s.value.trim(),team:n.value.trim()},v=[c.name!==$.value.name&&"display_name",c.team!==$.value.team&&"team_id"].filter(Boolean),p={name:ee(c.name)>256?t.tooLong(256):"",team:ee(c.team)>128?t.tooLong(128):""},b=v.length>0&&!p.name&&!p.team&&!o.value,g=[["name",t.name,t.nameHint,s],["team",l().common.team,t.teamHint,n]];return Q`<${W} title=${t.title(h(e.id))} onClose=${a}>
<form onSubmit=${async t=>{if(t.preventDefault(),b){o.value=!0,i.value="";try{let t={accountId:u.peek(),userId:e.id,displayName:c.name,teamId:c.team},{userStatus:s}=await d.updateUser({user:t,updateMask:{paths:v}});s&&r([s]),a()}catch(e){e instanceof V&&"USER_UNKNOWN"===e.reason?i.value=l().setStatus.erased:m(e)||(i.value=k(e))}o.value=!1}}} novalidate>
${g.map(([e,a,t,s])=>Q`<div key=${e} class="field ${p[e]?"wrong":""}">
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
<datalist id="known-teams">${I.value.map(({teamId:e})=>Q`<option key=${e} value=${e}></option>`)}</datalist>
${i.value&&Q`<${q} kind="error">${i.value}<//>`}
<div class="dialog-actions">
<button type="button" onClick=${a}>${l().common.cancel}</button>
<button type="submit" class="primary" disabled=${!b}>${l().workflows.save}</button>
</div>
</form>
<//>`}var te={[j.ONLINE]:1,[j.AWAY]:2/3,[j.OFFLINE]:1/3};function se({parts:e,start:t,end:s}){let n=e=>(e-t)/(s-t)*1e3,i=function(e){let a=new Map;for(let{status:t,from:s,to:n}of e)a.set(t,(a.get(t)??0)+n-s);return[...a].sort(([e],[a])=>e-a)}(e),o=l().person.bar(i.map(([e,a])=>`${v(e)} ${P(a)}`).join(", "));return Q`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${o}>
${e.map(({status:e,from:a,to:t})=>Q`<rect
key=${a}
class="part ${c(e).toLowerCase()}"
x=${n(a)}
width=${Math.max(.5,n(t)-n(a))}
y=${28*(1-te[e])}
height=${28*te[e]}
>
<title>${`${v(e)}: ${O(a)} – ${O(t)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${a(t,s-(s-t)/20).map(e=>Q`<span key=${e} style=${{left:n(e)/10+"%"}}>${function(e,a){return a>2*T?A("mark day",{weekday:"short",day:"numeric"}).format(e):A("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,s-t)}</span>`)}
</div>
</div>
<ul class="sums">
${i.map(([e,a])=>Q`<li key=${e}><${p} status=${e} /> ${P(a)}</li>`)}
</ul>`}var ne=[8,24,168];function le({id:e}){let a=l().person,t=M("");D.value;let s=B.all.get(e),n=L(!1);n.current||=void 0!==s;let o=""===e||n.current&&!s,c="live"===X.value;S(()=>{o&&e&&J(_("person",""))},[o]),S(()=>{if(!c||o)return;let a=new AbortController,t=async()=>{if(!document.hidden)try{let{userStatus:t}=await d.getStatus({accountId:u.peek(),userId:e},{signal:a.signal});t&&r([t])}catch(e){if(!(e instanceof V))throw e;m(e)}};t();let s=setInterval(t,4e3);return document.addEventListener("visibilitychange",t),()=>{clearInterval(s),document.removeEventListener("visibilitychange",t),a.abort()}},[e,s?.revision,c,o]);let v=()=>t.value="",h=Q`<p class="crumbs"><a href=${_("board")}><${F} name="back" />${a.back}</a></p>`;return"denied"===X.value?Q`${h}<${G} isPage title=${l().errors.denied} />`:o?Q`${h}<${G} isPage title=${a.erased} hint=${a.erasedHint} />`:s?Q`${h}<${$} />
<div class=${i.value?"stale":""}>
<div class="person-head">
<${oe} person=${s} />
<${p} status=${s.status} large />
<div class="person-acts">
${N("status.write",e)&&Q`<button type="button" onClick=${()=>t.value="set"}>${l().board.setSelected}</button>`}
${N("user.write",e)&&Q`<button type="button" onClick=${()=>t.value="edit"}>${l().edit.open}</button>`}
${N("user.delete",e)&&Q`<button type="button" class="danger quiet" onClick=${()=>t.value="erase"}>${l().erase.open}</button>`}
</div>
</div>
<${re} person=${s} />
<${de} id=${e} person=${s} />
</div>
${"set"===t.value&&Q`<${C} ids=${[e]} onClose=${v} />`}
${"edit"===t.value&&Q`<${ae} person=${s} onClose=${v} />`}
${"erase"===t.value&&Q`<${ie} id=${e} onClose=${v} />`}`:Q`${h}<${$} />
${Z.value?Q`<${G} isPage title=${a.unknown(U(e))} />`:Q`<${K} />`}`}function ie({id:e,onClose:a}){let s=l().erase;return Q`<${t}
title=${s.person(h(e))}
id=${e}
parts=${[{title:s.goes,lines:s.goesOfPerson},{title:s.stays,lines:s.staysOfPerson}]}
erase=${()=>d.deleteUser({accountId:u.peek(),userId:e},{timeoutMs:6e4})}
onClose=${a}
/>`}function oe({person:{id:e,name:a,team:t}}){return Q`<div>
<h1><${Y}>${a||e}<//></h1>
${(a||t)&&Q`<p class="hint known-as">
${a&&Q`<span>${l().person.id} <${Y}>${e}<//></span>`} ${t&&Q`<span>${l().common.team} <${Y}>${t}<//></span>`}
</p>`}
</div>`}function re({person:e}){let a=l().person,t=o.value,{lastActivity:s}=e,n=e=>Q`<${R} ms=${e} now=${t} /> <span class="hint">(${H(t-e)})</span>`,i=z(e);return Q`<dl class="facts card">
<div class="whole">
<dt>${a.why}</dt>
<dd>${b(e,e.checked&&void 0!==s?t-s:void 0)}</dd>
</div>
<div><dt>${a.since}</dt><dd>${n(e.since)}</dd></div>
<div><dt>${a.last}</dt><dd>${void 0===s?a.never:n(s)}</dd></div>
<div>
<dt>${a.next}</dt>
<dd>
${i?Q`<${f} person=${e} />`:a.none}
<p class="hint">${i&&y(i.cause)||" "}</p>
</dd>
</div>
<div><dt>${a.end}</dt><dd>${g(e)||a.nothing}</dd></div>
<div><dt>${a.connected}</dt><dd>${e.isConnected?l().workflows.yes:l().workflows.no}</dd></div>
<div><dt>${a.engagements}</dt><dd>${e.engagements||a.nothing}</dd></div>
</dl>`}function de({id:a,person:t}){let n=l().person,i=M(24),r=M(0),d=M(null),$=M(""),c=o.value,v=r.value||c,p=i.value*E,h=v-p,b="live"===X.value;S(()=>{if(!b)return;let e=new AbortController;return s({accountId:u.peek(),userId:a,start:h,signal:e.signal}).then(e=>{d.value={...e,start:h},$.value=""},e=>{!w(e)&&!m(e)&&($.value=k(e))}),()=>e.abort()},[a,p,r.value,t.revision,b]);let{changes:g=[],isCapped:y=!1}=d.value??{},f=null!==d.value&&d.value.start<=h,C=e=>r.value=e<o.peek()?e:0;return Q`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>C(h)}>${n.earlier}</button>
<button type="button" disabled=${!r.value} onClick=${()=>C(v+p)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${e=>i.value=Number(e.currentTarget.value)}>
${ne.map(e=>Q`<option value=${e} selected=${e===i.value}>${n.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${r.value>0&&Q`<p role="status">${O(h,c)} – ${O(v,c)}</p>`}
${$.value&&Q`<${q} kind="error">${$.value}<//>`}
${y?Q`<${q} kind="warn">${n.capped}<//>`:f?Q`<${se} parts=${e(g,t,h,v)} start=${h} end=${v} />
<${$e} changes=${g.filter(({at:e})=>e>=h&&e<v)} key=${`${p} ${r.value}`} />`:!$.value&&Q`<${K} />`}
</section>`}function $e({changes:e}){let a=l().person,t=M(100);return 0===e.length?Q`<p class="hint">${a.noChanges}</p>`:Q`<table class="plain stacked">
<caption class="visually-hidden">${a.changes}</caption>
<thead>
<tr>
<th scope="col">${l().history.time}</th>
<th scope="col">${l().history.change}</th>
<th scope="col">${l().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,t.value).map(e=>Q`<tr key=${String(e.revision)}>
<td><${R} ms=${e.at} /></td>
<td><${n} change=${e} /></td>
<td class="breaks">${b(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>t.value&&Q`<button type="button" class="quiet" onClick=${()=>t.value+=100}>${l().common.more(e.length-t.value)}</button>`}
<p class="hint">${l().common.zone(x)}</p>`}export{le as a,oe as b,re as c,de as d};