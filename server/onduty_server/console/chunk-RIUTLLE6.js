import{a as e,b as a}from"./chunk-OQRUIBXI.js";import{a as t}from"./chunk-M6NOSDIK.js";import{a as s,c as n}from"./chunk-M5J22ZL6.js";import{$ as l,Aa as i,Ca as o,Da as r,E as d,Ea as $,F as u,Fa as c,Ga as v,Ia as p,M as m,Ma as h,Na as b,Oa as g,Pa as y,Qa as f,Ra as k,Sa as w,Ta as C,Ua as I,Y as S,c as N,d as L,da as M,ea as E,fa as O,ga as x,h as A,ha as U,i as j,ia as P,ja as F,la as R,ma as T,o as q,oa as B,pa as D,qa as H,r as K,ra as Q,sa as _,ta as z,v as J,va as W,wa as Y,xa as G,y as X,ya as Z,za as V}from"./chunk-CKQJLUM6.js";var ee=e=>(new TextEncoder).encode(e).length;function ae({person:e,onClose:a}){let t=l().edit,s=A(e.name),n=A(e.team),i=A(""),o=A(!1),$=A({name:e.name,team:e.team}),c={name:s.value.trim(),team:n.value.trim()},v=[c.name!==$.value.name&&"display_name",c.team!==$.value.team&&"team_id"].filter(Boolean),p={name:ee(c.name)>256?t.tooLong(256):"",team:ee(c.team)>128?t.tooLong(128):""},b=v.length>0&&!p.name&&!p.team&&!o.value,g=[["name",t.name,t.nameHint,s],["team",l().common.team,t.teamHint,n]];return K`<${_} title=${t.title(h(e.id))} onClose=${a}>
<form onSubmit=${async t=>{if(t.preventDefault(),b){o.value=!0,i.value="";try{let t={accountId:u.peek(),userId:e.id,displayName:c.name,teamId:c.team},{userStatus:s}=await d.updateUser({user:t,updateMask:{paths:v}});s&&r([s]),a()}catch(e){e instanceof q&&"USER_UNKNOWN"===e.reason?i.value=l().setStatus.erased:m(e)||(i.value=k(e))}o.value=!1}}} novalidate>
${g.map(([e,a,t,s])=>K`<div key=${e} class="field ${p[e]?"wrong":""}">
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
<datalist id="known-teams">${I.value.map(({teamId:e})=>K`<option key=${e} value=${e}></option>`)}</datalist>
${i.value&&K`<${B} kind="error">${i.value}<//>`}
<div class="dialog-actions">
<button type="button" onClick=${a}>${l().common.cancel}</button>
<button type="submit" class="primary" disabled=${!b}>${l().workflows.save}</button>
</div>
</form>
<//>`}var te={[j.ONLINE]:1,[j.AWAY]:2/3,[j.OFFLINE]:1/3};function se({parts:e,start:t,end:s}){let n=e=>(e-t)/(s-t)*1e3,i=function(e){let a=new Map;for(let{status:t,from:s,to:n}of e)a.set(t,(a.get(t)??0)+n-s);return[...a].sort(([e],[a])=>e-a)}(e),o=l().person.bar(i.map(([e,a])=>`${v(e)} ${P(a)}`).join(", "));return K`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${o}>
${e.map(({status:e,from:a,to:t})=>K`<rect
key=${a}
class="part ${c(e).toLowerCase()}"
x=${n(a)}
width=${Math.max(.5,n(t)-n(a))}
y=${28*(1-te[e])}
height=${28*te[e]}
>
<title>${`${v(e)}: ${U(a)} – ${U(t)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${a(t,s-(s-t)/20).map(e=>K`<span key=${e} style=${{left:n(e)/10+"%"}}>${function(e,a){return a>2*E?x("mark day",{weekday:"short",day:"numeric"}).format(e):x("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,s-t)}</span>`)}
</div>
</div>
<ul class="sums">
${i.map(([e,a])=>K`<li key=${e}><${p} status=${e} /> ${P(a)}</li>`)}
</ul>`}var ne=[8,24,168];function le({id:e}){let a=l().person,t=A("");G.value;let s=Y.all.get(e),n=L(!1);n.current||=void 0!==s;let o=""===e||n.current&&!s,c="live"===Z.value;N(()=>{o&&e&&X(J("person",""))},[o]),N(()=>{if(!c||o)return;let a=new AbortController,t=async()=>{if(!document.hidden)try{let{userStatus:t}=await d.getStatus({accountId:u.peek(),userId:e},{signal:a.signal});t&&r([t])}catch(e){if(!(e instanceof q))throw e;m(e)}};t();let s=setInterval(t,4e3);return document.addEventListener("visibilitychange",t),()=>{clearInterval(s),document.removeEventListener("visibilitychange",t),a.abort()}},[e,s?.revision,c,o]);let v=()=>t.value="",h=K`<p class="crumbs"><a href=${J("board")}><${T} name="back" />${a.back}</a></p>`;return"denied"===Z.value?K`${h}<${D} isPage title=${l().errors.denied} />`:o?K`${h}<${D} isPage title=${a.erased} hint=${a.erasedHint} />`:s?K`${h}<${$} />
<div class=${i.value?"stale":""}>
<div class="person-head">
<${oe} person=${s} />
<${p} status=${s.status} large />
<div class="person-acts">
${S("status.write",e)&&K`<button type="button" onClick=${()=>t.value="set"}>${l().board.setSelected}</button>`}
${S("user.write",e)&&K`<button type="button" onClick=${()=>t.value="edit"}>${l().edit.open}</button>`}
${S("user.delete",e)&&K`<button type="button" class="danger quiet" onClick=${()=>t.value="erase"}>${l().erase.open}</button>`}
</div>
</div>
<${re} person=${s} />
<${de} id=${e} person=${s} />
</div>
${"set"===t.value&&K`<${C} ids=${[e]} onClose=${v} />`}
${"edit"===t.value&&K`<${ae} person=${s} onClose=${v} />`}
${"erase"===t.value&&K`<${ie} id=${e} onClose=${v} />`}`:K`${h}<${$} />
${V.value?K`<${D} isPage title=${a.unknown(R(e))} />`:K`<${H} />`}`}function ie({id:e,onClose:a}){let s=l().erase;return K`<${t}
title=${s.person(h(e))}
id=${e}
parts=${[{title:s.goes,lines:s.goesOfPerson},{title:s.stays,lines:s.staysOfPerson}]}
erase=${()=>d.deleteUser({accountId:u.peek(),userId:e},{timeoutMs:6e4})}
onClose=${a}
/>`}function oe({person:{id:e,name:a,team:t}}){return K`<div>
<h1><${z}>${a||e}<//></h1>
${(a||t)&&K`<p class="hint known-as">
${a&&K`<span>${l().person.id} <${z}>${e}<//></span>`} ${t&&K`<span>${l().common.team} <${z}>${t}<//></span>`}
</p>`}
</div>`}function re({person:e}){let a=l().person,t=o.value,{lastActivity:s}=e,n=e=>K`<${Q} ms=${e} now=${t} /> <span class="hint">(${F(t-e)})</span>`,i=W(e);return K`<dl class="facts card">
<div class="whole">
<dt>${a.why}</dt>
<dd>${b(e,e.checked&&void 0!==s?t-s:void 0)}</dd>
</div>
<div><dt>${a.since}</dt><dd>${n(e.since)}</dd></div>
<div><dt>${a.last}</dt><dd>${void 0===s?a.never:n(s)}</dd></div>
<div>
<dt>${a.next}</dt>
<dd>
${i?K`<${f} person=${e} />`:a.none}
<p class="hint">${i&&y(i.cause)||" "}</p>
</dd>
</div>
<div><dt>${a.end}</dt><dd>${g(e)||a.nothing}</dd></div>
<div><dt>${a.connected}</dt><dd>${e.isConnected?l().workflows.yes:l().workflows.no}</dd></div>
<div><dt>${a.engagements}</dt><dd>${e.engagements||a.nothing}</dd></div>
</dl>`}function de({id:a,person:t}){let n=l().person,i=A(24),r=A(0),d=A(null),$=A(""),c=o.value,v=r.value||c,p=i.value*M,h=v-p,b="live"===Z.value;N(()=>{if(!b)return;let e=new AbortController;return s({accountId:u.peek(),userId:a,start:h,signal:e.signal}).then(e=>{d.value={...e,start:h},$.value=""},e=>{!w(e)&&!m(e)&&($.value=k(e))}),()=>e.abort()},[a,p,r.value,t.revision,b]);let{changes:g=[],isCapped:y=!1}=d.value??{},f=null!==d.value&&d.value.start<=h,C=e=>r.value=e<o.peek()?e:0;return K`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>C(h)}>${n.earlier}</button>
<button type="button" disabled=${!r.value} onClick=${()=>C(v+p)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${e=>i.value=Number(e.currentTarget.value)}>
${ne.map(e=>K`<option value=${e} selected=${e===i.value}>${n.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${r.value>0&&K`<p role="status">${U(h,c)} – ${U(v,c)}</p>`}
${$.value&&K`<${B} kind="error">${$.value}<//>`}
${y?K`<${B} kind="warn">${n.capped}<//>`:f?K`<${se} parts=${e(g,t,h,v)} start=${h} end=${v} />
<${$e} changes=${g.filter(({at:e})=>e>=h&&e<v)} key=${`${p} ${r.value}`} />`:!$.value&&K`<${H} />`}
</section>`}function $e({changes:e}){let a=l().person,t=A(100);return 0===e.length?K`<p class="hint">${a.noChanges}</p>`:K`<table class="plain stacked">
<caption class="visually-hidden">${a.changes}</caption>
<thead>
<tr>
<th scope="col">${l().history.time}</th>
<th scope="col">${l().history.change}</th>
<th scope="col">${l().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,t.value).map(e=>K`<tr key=${String(e.revision)}>
<td><${Q} ms=${e.at} /></td>
<td><${n} change=${e} /></td>
<td class="breaks">${b(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>t.value&&K`<button type="button" class="quiet" onClick=${()=>t.value+=100}>${l().common.more(e.length-t.value)}</button>`}
<p class="hint">${l().common.zone(O)}</p>`}export{le as a,oe as b,re as c,de as d};