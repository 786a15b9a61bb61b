import{a as e}from"./chunk-LMIFNVIO.js";import{a,c as t}from"./chunk-LE63SZBG.js";import{a as s,b as n}from"./chunk-LJ2UJE4J.js";import{$ as l,Aa as i,Ca as o,Da as r,E as d,Ea as $,F as u,Fa as c,Ga as v,Ia as p,M as m,Ma as h,Na as b,Oa as g,Pa as y,Qa as f,Ra as k,Sa as w,Ta as C,Ua as I,Y as S,c as E,d as L,da as N,ea as M,fa as x,ga as A,h as O,ha as j,i as F,ia as P,ja as U,la as J,ma as T,o as q,oa as B,pa as D,qa as G,r as H,ra as R,sa as W,ta as Y,v as _,va as z,wa as K,xa as Q,y as V,ya as Z,za as X}from"./chunk-GW4JFDYM.js";var ee=e=>(new TextEncoder).encode(e).length;function ae({person:e,onClose:a}){let t=l().edit,s=O(e.name),n=O(e.team),i=O(""),o=O(!1),$=O({name:e.name,team:e.team}),c={name:s.value.trim(),team:n.value.trim()},v=[c.name!==$.value.name&&"display_name",c.team!==$.value.team&&"team_id"].filter(Boolean),p={name:ee(c.name)>256?t.tooLong(256):"",team:ee(c.team)>128?t.tooLong(128):""},b=v.length>0&&!p.name&&!p.team&&!o.value,g=[["name",t.name,t.nameHint,s],["team",l().common.team,t.teamHint,n]];return H`<${W} title=${t.title(h(e.id))} onClose=${a}>
<form onSubmit=${async t=>{if(t.preventDefault(),b){o.value=!0,i.value="";try{let t={accountId:u.peek(),userId:e.id,displayName:c.name,teamId:c.team},{userStatus:s}=await d.updateUser({user:t,updateMask:{paths:v}});s&&r([s]),a()}catch(e){e instanceof q&&"USER_UNKNOWN"===e.reason?i.value=l().setStatus.erased:m(e)||(i.value=k(e))}o.value=!1}}} novalidate>
${g.map(([e,a,t,s])=>H`<div key=${e} class="field ${p[e]?"wrong":""}">
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
<datalist id="known-teams">${I.value.map(({teamId:e})=>H`<option key=${e} value=${e}></option>`)}</datalist>
${i.value&&H`<${B} kind="error">${i.value}<//>`}
<div class="dialog-actions">
<button type="button" onClick=${a}>${l().common.cancel}</button>
<button type="submit" class="primary" disabled=${!b}>${l().workflows.save}</button>
</div>
</form>
<//>`}var te={[F.ONLINE]:1,[F.AWAY]:2/3,[F.OFFLINE]:1/3};function se({parts:e,start:a,end:t}){let s=e=>(e-a)/(t-a)*1e3,i=function(e){let a=new Map;for(let{status:t,from:s,to:n}of e)a.set(t,(a.get(t)??0)+n-s);return[...a].sort(([e],[a])=>e-a)}(e),o=l().person.bar(i.map(([e,a])=>`${v(e)} ${P(a)}`).join(", "));return H`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${o}>
${e.map(({status:e,from:a,to:t})=>H`<rect
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
${n(a,t-(t-a)/20).map(e=>H`<span key=${e} style=${{left:s(e)/10+"%"}}>${function(e,a){return a>2*M?A("mark day",{weekday:"short",day:"numeric"}).format(e):A("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,t-a)}</span>`)}
</div>
</div>
<ul class="sums">
${i.map(([e,a])=>H`<li key=${e}><${p} status=${e} /> ${P(a)}</li>`)}
</ul>`}var ne=[8,24,168];function le({id:e}){let a=l().person,t=O("");Q.value;let s=K.all.get(e),n=L(!1);n.current||=void 0!==s;let o=""===e||n.current&&!s,c="live"===Z.value;E(()=>{o&&e&&V(_("person",""))},[o]),E(()=>{if(!c||o)return;let a=new AbortController,t=async()=>{if(!document.hidden)try{let{userStatus:t}=await d.getStatus({accountId:u.peek(),userId:e},{signal:a.signal});t&&r([t])}catch(e){if(!(e instanceof q))throw e;m(e)}};t();let s=setInterval(t,4e3);return document.addEventListener("visibilitychange",t),()=>{clearInterval(s),document.removeEventListener("visibilitychange",t),a.abort()}},[e,s?.revision,c,o]);let v=()=>t.value="",h=H`<p class="crumbs"><a href=${_("board")}><${T} name="back" />${a.back}</a></p>`;return"denied"===Z.value?H`${h}<${D} isPage title=${l().errors.denied} />`:o?H`${h}<${D} isPage title=${a.erased} hint=${a.erasedHint} />`:s?H`${h}<${$} />
<div class=${i.value?"stale":""}>
<div class="person-head">
<${oe} person=${s} />
<${p} status=${s.status} large />
<div class="person-acts">
${S("status.write",e)&&H`<button type="button" onClick=${()=>t.value="set"}>${l().board.setSelected}</button>`}
${S("user.write",e)&&H`<button type="button" onClick=${()=>t.value="edit"}>${l().edit.open}</button>`}
${S("user.delete",e)&&H`<button type="button" class="danger quiet" onClick=${()=>t.value="erase"}>${l().erase.open}</button>`}
</div>
</div>
<${re} person=${s} />
<${de} id=${e} person=${s} />
</div>
${"set"===t.value&&H`<${C} ids=${[e]} onClose=${v} />`}
${"edit"===t.value&&H`<${ae} person=${s} onClose=${v} />`}
${"erase"===t.value&&H`<${ie} id=${e} onClose=${v} />`}`:H`${h}<${$} />
${X.value?H`<${D} isPage title=${a.unknown(J(e))} />`:H`<${G} />`}`}function ie({id:a,onClose:t}){let s=l().erase;return H`<${e}
title=${s.person(h(a))}
id=${a}
parts=${[{title:s.goes,lines:s.goesOfPerson},{title:s.stays,lines:s.staysOfPerson}]}
erase=${()=>d.deleteUser({accountId:u.peek(),userId:a},{timeoutMs:6e4})}
onClose=${t}
/>`}function oe({person:{id:e,name:a,team:t}}){return H`<div>
<h1><${Y}>${a||e}<//></h1>
${(a||t)&&H`<p class="hint known-as">
${a&&H`<span>${l().person.id} <${Y}>${e}<//></span>`} ${t&&H`<span>${l().common.team} <${Y}>${t}<//></span>`}
</p>`}
</div>`}function re({person:e}){let a=l().person,t=o.value,{lastActivity:s}=e,n=e=>H`<${R} ms=${e} now=${t} /> <span class="hint">(${U(t-e)})</span>`,i=z(e);return H`<dl class="facts card">
<div class="whole">
<dt>${a.why}</dt>
<dd>${b(e,e.checked&&void 0!==s?t-s:void 0)}</dd>
</div>
<div><dt>${a.since}</dt><dd>${n(e.since)}</dd></div>
<div><dt>${a.last}</dt><dd>${void 0===s?a.never:n(s)}</dd></div>
<div>
<dt>${a.next}</dt>
<dd>
${i?H`<${f} person=${e} />`:a.none}
<p class="hint">${i&&y(i.cause)||" "}</p>
</dd>
</div>
<div><dt>${a.end}</dt><dd>${g(e)||a.nothing}</dd></div>
<div><dt>${a.connected}</dt><dd>${e.isConnected?l().workflows.yes:l().workflows.no}</dd></div>
<div><dt>${a.engagements}</dt><dd>${e.engagements||a.nothing}</dd></div>
</dl>`}function de({id:e,person:t}){let n=l().person,i=O(24),r=O(0),d=O(null),$=O(""),c=o.value,v=r.value||c,p=i.value*N,h=v-p,b="live"===Z.value;E(()=>{if(!b)return;let t=new AbortController;return a({accountId:u.peek(),userId:e,start:h,signal:t.signal}).then(e=>{d.value={...e,start:h},$.value=""},e=>{!w(e)&&!m(e)&&($.value=k(e))}),()=>t.abort()},[e,p,r.value,t.revision,b]);let{changes:g=[],isCapped:y=!1}=d.value??{},f=null!==d.value&&d.value.start<=h,C=e=>r.value=e<o.peek()?e:0;return H`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>C(h)}>${n.earlier}</button>
<button type="button" disabled=${!r.value} onClick=${()=>C(v+p)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${e=>i.value=Number(e.currentTarget.value)}>
${ne.map(e=>H`<option value=${e} selected=${e===i.value}>${n.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${r.value>0&&H`<p role="status">${j(h,c)} – ${j(v,c)}</p>`}
${$.value&&H`<${B} kind="error">${$.value}<//>`}
${y?H`<${B} kind="warn">${n.capped}<//>`:f?H`<${se} parts=${s(g,t,h,v)} start=${h} end=${v} />
<${$e} changes=${g.filter(({at:e})=>e>=h&&e<v)} key=${`${p} ${r.value}`} />`:!$.value&&H`<${G} />`}
</section>`}function $e({changes:e}){let a=l().person,s=O(100);return 0===e.length?H`<p class="hint">${a.noChanges}</p>`:H`<table class="plain stacked">
<caption class="visually-hidden">${a.changes}</caption>
<thead>
<tr>
<th scope="col">${l().history.time}</th>
<th scope="col">${l().history.change}</th>
<th scope="col">${l().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,s.value).map(e=>H`<tr key=${String(e.revision)}>
<td><${R} ms=${e.at} /></td>
<td><${t} change=${e} /></td>
<td class="breaks">${b(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>s.value&&H`<button type="button" class="quiet" onClick=${()=>s.value+=100}>${l().common.more(e.length-s.value)}</button>`}
<p class="hint">${l().common.zone(x)}</p>`}export{le as a,oe as b,re as c,de as d};