import{a as e}from"./chunk-IUONUCMR.js";import{a,c as t}from"./chunk-ZVALN72U.js";import{a as s,b as n}from"./chunk-VKJXBTDV.js";import{$ as l,Aa as i,Ca as o,Da as r,E as d,Ea as $,F as u,Fa as c,Ga as v,Ia as p,M as m,Ma as h,Na as b,Oa as g,Pa as y,Qa as f,Ra as k,Sa as w,Ta as C,Ua as I,Y as N,c as S,d as L,da as U,ea as A,fa as E,ga as x,h as M,ha as O,i as j,ia as P,ja as T,la as B,ma as F,o as R,oa as q,pa as D,qa as H,r as V,ra as _,sa as z,ta as G,v as K,va as W,wa as X,xa as Y,y as J,ya as Q,za as Z}from"./chunk-L6UG3B2X.js";var ee=e=>(new TextEncoder).encode(e).length;function ae({person:e,onClose:a}){let t=l().edit,s=M(e.name),n=M(e.team),i=M(""),o=M(!1),$=M({name:e.name,team:e.team}),c={name:s.value.trim(),team:n.value.trim()},v=[c.name!==$.value.name&&"display_name",c.team!==$.value.team&&"team_id"].filter(Boolean),p={name:ee(c.name)>256?t.tooLong(256):"",team:ee(c.team)>128?t.tooLong(128):""},b=v.length>0&&!p.name&&!p.team&&!o.value,g=[["name",t.name,t.nameHint,s],["team",l().common.team,t.teamHint,n]];return V`<${z} title=${t.title(h(e.id))} onClose=${a}>
<form onSubmit=${async t=>{if(t.preventDefault(),b){o.value=!0,i.value="";try{let t={accountId:u.peek(),userId:e.id,displayName:c.name,teamId:c.team},{userStatus:s}=await d.updateUser({user:t,updateMask:{paths:v}});s&&r([s]),a()}catch(e){e instanceof R&&"USER_UNKNOWN"===e.reason?i.value=l().setStatus.erased:m(e)||(i.value=k(e))}o.value=!1}}} novalidate>
${g.map(([e,a,t,s])=>V`<div key=${e} class="field ${p[e]?"wrong":""}">
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
<datalist id="known-teams">${I.value.map(({teamId:e})=>V`<option key=${e} value=${e}></option>`)}</datalist>
${i.value&&V`<${q} kind="error">${i.value}<//>`}
<div class="dialog-actions">
<button type="button" onClick=${a}>${l().common.cancel}</button>
<button type="submit" class="primary" disabled=${!b}>${l().workflows.save}</button>
</div>
</form>
<//>`}var te={[j.ONLINE]:1,[j.AWAY]:2/3,[j.OFFLINE]:1/3};function se({parts:e,start:a,end:t}){let s=e=>(e-a)/(t-a)*1e3,i=function(e){let a=new Map;for(let{status:t,from:s,to:n}of e)a.set(t,(a.get(t)??0)+n-s);return[...a].sort(([e],[a])=>e-a)}(e),o=l().person.bar(i.map(([e,a])=>`${v(e)} ${P(a)}`).join(", "));return V`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${o}>
${e.map(({status:e,from:a,to:t})=>V`<rect
key=${a}
class="part ${c(e).toLowerCase()}"
x=${s(a)}
width=${Math.max(.5,s(t)-s(a))}
y=${28*(1-te[e])}
height=${28*te[e]}
>
<title>${`${v(e)}: ${O(a)} – ${O(t)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${n(a,t-(t-a)/20).map(e=>V`<span key=${e} style=${{left:s(e)/10+"%"}}>${function(e,a){return a>2*A?x("mark day",{weekday:"short",day:"numeric"}).format(e):x("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,t-a)}</span>`)}
</div>
</div>
<ul class="sums">
${i.map(([e,a])=>V`<li key=${e}><${p} status=${e} /> ${P(a)}</li>`)}
</ul>`}var ne=[8,24,168];function le({id:e}){let a=l().person,t=M("");Y.value;let s=X.all.get(e),n=L(!1);n.current||=void 0!==s;let o=""===e||n.current&&!s,c="live"===Q.value;S(()=>{o&&e&&J(K("person",""))},[o]),S(()=>{if(!c||o)return;let a=new AbortController,t=async()=>{if(!document.hidden)try{let{userStatus:t}=await d.getStatus({accountId:u.peek(),userId:e},{signal:a.signal});t&&r([t])}catch(e){if(!(e instanceof R))throw e;m(e)}};t();let s=setInterval(t,4e3);return document.addEventListener("visibilitychange",t),()=>{clearInterval(s),document.removeEventListener("visibilitychange",t),a.abort()}},[e,s?.revision,c,o]);let v=()=>t.value="",h=V`<p class="crumbs"><a href=${K("board")}><${F} name="back" />${a.back}</a></p>`;return"denied"===Q.value?V`${h}<${D} isPage title=${l().errors.denied} />`:o?V`${h}<${D} isPage title=${a.erased} hint=${a.erasedHint} />`:s?V`${h}<${$} />
<div class=${i.value?"stale":""}>
<div class="person-head">
<${oe} person=${s} />
<${p} status=${s.status} large />
<div class="person-acts">
${N("status.write",e)&&V`<button type="button" onClick=${()=>t.value="set"}>${l().board.setSelected}</button>`}
${N("user.write",e)&&V`<button type="button" onClick=${()=>t.value="edit"}>${l().edit.open}</button>`}
${N("user.delete",e)&&V`<button type="button" class="danger quiet" onClick=${()=>t.value="erase"}>${l().erase.open}</button>`}
</div>
</div>
<${re} person=${s} />
<${de} id=${e} person=${s} />
</div>
${"set"===t.value&&V`<${C} ids=${[e]} onClose=${v} />`}
${"edit"===t.value&&V`<${ae} person=${s} onClose=${v} />`}
${"erase"===t.value&&V`<${ie} id=${e} onClose=${v} />`}`:V`${h}<${$} />
${Z.value?V`<${D} isPage title=${a.unknown(B(e))} />`:V`<${H} />`}`}function ie({id:a,onClose:t}){let s=l().erase;return V`<${e}
title=${s.person(h(a))}
id=${a}
parts=${[{title:s.goes,lines:s.goesOfPerson},{title:s.stays,lines:s.staysOfPerson}]}
erase=${()=>d.deleteUser({accountId:u.peek(),userId:a},{timeoutMs:6e4})}
onClose=${t}
/>`}function oe({person:{id:e,name:a,team:t}}){return V`<div>
<h1><${G}>${a||e}<//></h1>
${(a||t)&&V`<p class="hint known-as">
${a&&V`<span>${l().person.id} <${G}>${e}<//></span>`} ${t&&V`<span>${l().common.team} <${G}>${t}<//></span>`}
</p>`}
</div>`}function re({person:e}){let a=l().person,t=o.value,{lastActivity:s}=e,n=e=>V`<${_} ms=${e} now=${t} /> <span class="hint">(${T(t-e)})</span>`,i=W(e);return V`<dl class="facts card">
<div class="whole">
<dt>${a.why}</dt>
<dd>${b(e,e.checked&&void 0!==s?t-s:void 0)}</dd>
</div>
<div><dt>${a.since}</dt><dd>${n(e.since)}</dd></div>
<div><dt>${a.last}</dt><dd>${void 0===s?a.never:n(s)}</dd></div>
<div>
<dt>${a.next}</dt>
<dd>
${i?V`<${f} person=${e} />`:a.none}
<p class="hint">${i&&y(i.cause)||" "}</p>
</dd>
</div>
<div><dt>${a.end}</dt><dd>${g(e)||a.nothing}</dd></div>
<div><dt>${a.connected}</dt><dd>${e.isConnected?l().workflows.yes:l().workflows.no}</dd></div>
<div><dt>${a.engagements}</dt><dd>${e.engagements||a.nothing}</dd></div>
</dl>`}function de({id:e,person:t}){let n=l().person,i=M(24),r=M(0),d=M(null),$=M(""),c=o.value,v=r.value||c,p=i.value*U,h=v-p,b="live"===Q.value;S(()=>{if(!b)return;let t=new AbortController;return a({accountId:u.peek(),userId:e,start:h,signal:t.signal}).then(e=>{d.value={...e,start:h},$.value=""},e=>{!w(e)&&!m(e)&&($.value=k(e))}),()=>t.abort()},[e,p,r.value,t.revision,b]);let{changes:g=[],isCapped:y=!1}=d.value??{},f=null!==d.value&&d.value.start<=h,C=e=>r.value=e<o.peek()?e:0;return V`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>C(h)}>${n.earlier}</button>
<button type="button" disabled=${!r.value} onClick=${()=>C(v+p)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${e=>i.value=Number(e.currentTarget.value)}>
${ne.map(e=>V`<option value=${e} selected=${e===i.value}>${n.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${r.value>0&&V`<p role="status">${O(h,c)} – ${O(v,c)}</p>`}
${$.value&&V`<${q} kind="error">${$.value}<//>`}
${y?V`<${q} kind="warn">${n.capped}<//>`:f?V`<${se} parts=${s(g,t,h,v)} start=${h} end=${v} />
<${$e} changes=${g.filter(({at:e})=>e>=h&&e<v)} key=${`${p} ${r.value}`} />`:!$.value&&V`<${H} />`}
</section>`}function $e({changes:e}){let a=l().person,s=M(100);return 0===e.length?V`<p class="hint">${a.noChanges}</p>`:V`<table class="plain stacked">
<caption class="visually-hidden">${a.changes}</caption>
<thead>
<tr>
<th scope="col">${l().history.time}</th>
<th scope="col">${l().history.change}</th>
<th scope="col">${l().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,s.value).map(e=>V`<tr key=${String(e.revision)}>
<td><${_} ms=${e.at} /></td>
<td><${t} change=${e} /></td>
<td class="breaks">${b(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>s.value&&V`<button type="button" class="quiet" onClick=${()=>s.value+=100}>${l().common.more(e.length-s.value)}</button>`}
<p class="hint">${l().common.zone(E)}</p>`}export{le as a,oe as b,re as c,de as d};