import{a as e}from"./chunk-QTPTV3LC.js";import{a,c as t}from"./chunk-RB55POKH.js";import{$ as s,Da as n,Ea as l,Fa as i,G as o,Ga as r,Ha as d,Ia as $,Ja as u,Ka as c,La as v,S as p,V as m,X as h,Y as b,Z as f,_ as g,aa as y,ba as k,c as w,d as C,da as I,e as S,ea as L,f as E,ga as N,ha as x,ia as P,j,ja as A,ka as D,la as H,m as M,na as O,oa as T,p as U,pa as F,qa as Y,ra as _,s as q,sa as z,ua as B,va as K,wa as R,xa as V,y as X,ya as G,z as W,za as Z}from"./chunk-5LXVYUZX.js";var J=[10,30,60,120,240,720,1440],Q=e=>(new TextEncoder).encode(e).length;function ee({person:e,onClose:a}){let t=m().edit,s=S(e.name),l=S(e.team),i=S(""),r=S(!1),d=S({name:e.name,team:e.team}),u={name:s.value.trim(),team:l.value.trim()},c=[u.name!==d.value.name&&"display_name",u.team!==d.value.team&&"team_id"].filter(Boolean),p={name:Q(u.name)>256?t.tooLong(256):"",team:Q(u.team)>128?t.tooLong(128):""},h=c.length>0&&!p.name&&!p.team&&!r.value,b=[["name",t.name,t.nameHint,s],["team",m().common.team,t.teamHint,l]];return M`<${D} title=${t.title(n(e.id))} onClose=${a}>
<form onSubmit=${async t=>{if(t.preventDefault(),h){r.value=!0,i.value="";try{let t={accountId:W.peek(),userId:e.id,displayName:u.name,teamId:u.team},{userStatus:s}=await X.updateUser({user:t,updateMask:{paths:c}});s&&K([s]),a()}catch(e){e instanceof j&&"USER_UNKNOWN"===e.reason?i.value=m().setStatus.erased:o(e)||(i.value=$(e))}r.value=!1}}} novalidate>
${b.map(([e,a,t,s])=>M`<div key=${e} class="field ${p[e]?"wrong":""}">
<label for="edit-${e}">${a} <span class="hint">(${m().setStatus.optional})</span></label>
<input
id="edit-${e}"
list=${"team"===e?"known-teams":null}
autocomplete="off"
dir="auto"
disabled=${r.value}
value=${s.value}
aria-describedby="edit-${e}-hint"
aria-invalid=${p[e]?"true":null}
onInput=${e=>s.value=e.currentTarget.value}
/>
<p class=${p[e]?"problem":"hint"} id="edit-${e}-hint">${p[e]||t}</p>
</div>`)}
<datalist id="known-teams">${v.value.map(({teamId:e})=>M`<option key=${e} value=${e}></option>`)}</datalist>
${i.value&&M`<${N} kind="error">${i.value}<//>`}
<div class="dialog-actions">
<button type="button" onClick=${a}>${m().common.cancel}</button>
<button type="submit" class="primary" disabled=${!h}>${m().workflows.save}</button>
</div>
</form>
<//>`}var ae={[E.ONLINE]:1,[E.AWAY]:2/3,[E.OFFLINE]:1/3};function te({parts:e,start:a,end:t}){let n=e=>(e-a)/(t-a)*1e3,l=function(e){let a=new Map;for(let{status:t,from:s,to:n}of e)a.set(t,(a.get(t)??0)+n-s);return[...a].sort(([e],[a])=>e-a)}(e),i=m().person.bar(l.map(([e,a])=>`${G(e)} ${y(a)}`).join(", "));return M`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${i}>
${e.map(({status:e,from:a,to:t})=>M`<rect
key=${a}
class="part ${V(e).toLowerCase()}"
x=${n(a)}
width=${Math.max(.5,n(t)-n(a))}
y=${28*(1-ae[e])}
height=${28*ae[e]}
>
<title>${`${G(e)}: ${s(a)} – ${s(t)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${function(e,a){let t=J.find(t=>(a-e)/6e4/t<=8)??1440,s=[],n=new Date(e);n.setHours(0,0,0,0);let[l,i,o]=[n.getFullYear(),n.getMonth(),n.getDate()];for(let n=0;;n+=t){let t=new Date(l,i,o,0,n).getTime();if(t>=a)return s;t>=e&&t!==s.at(-1)&&s.push(t)}}(a,t-(t-a)/20).map(e=>M`<span key=${e} style=${{left:n(e)/10+"%"}}>${function(e,a){return a>2*b?g("mark day",{weekday:"short",day:"numeric"}).format(e):g("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,t-a)}</span>`)}
</div>
</div>
<ul class="sums">
${l.map(([e,a])=>M`<li key=${e}><${Z} status=${e} /> ${y(a)}</li>`)}
</ul>`}var se=[8,24,168];function ne({id:e}){let a=m().person,t=S("");F.value;let s=T.all.get(e),n=C(!1);n.current||=void 0!==s;let l=""===e||n.current&&!s,i="live"===Y.value;w(()=>{l&&e&&q(U("person",""))},[l]),w(()=>{if(!i||l)return;let a=new AbortController,t=async()=>{if(!document.hidden)try{let{userStatus:t}=await X.getStatus({accountId:W.peek(),userId:e},{signal:a.signal});t&&K([t])}catch(e){if(!(e instanceof j))throw e;o(e)}};t();let s=setInterval(t,4e3);return document.addEventListener("visibilitychange",t),()=>{clearInterval(s),document.removeEventListener("visibilitychange",t),a.abort()}},[e,s?.revision,i,l]);let r=()=>t.value="",d=M`<p class="crumbs"><a href=${U("board")}><${L} name="back" />${a.back}</a></p>`;return"denied"===Y.value?M`${d}<${x} isPage title=${m().errors.denied} />`:l?M`${d}<${x} isPage title=${a.erased} hint=${a.erasedHint} />`:s?M`${d}<${R} />
<div class=${z.value?"stale":""}>
<div class="person-head">
<${ie} person=${s} />
<${Z} status=${s.status} large />
<div class="person-acts">
${p("status.write",e)&&M`<button type="button" onClick=${()=>t.value="set"}>${m().board.setSelected}</button>`}
${p("user.write",e)&&M`<button type="button" onClick=${()=>t.value="edit"}>${m().edit.open}</button>`}
${p("user.delete",e)&&M`<button type="button" class="danger quiet" onClick=${()=>t.value="erase"}>${m().erase.open}</button>`}
</div>
</div>
<${oe} person=${s} />
<${re} id=${e} person=${s} />
</div>
${"set"===t.value&&M`<${c} ids=${[e]} onClose=${r} />`}
${"edit"===t.value&&M`<${ee} person=${s} onClose=${r} />`}
${"erase"===t.value&&M`<${le} id=${e} onClose=${r} />`}`:M`${d}<${R} />
${_.value?M`<${x} isPage title=${a.unknown(I(e))} />`:M`<${P} />`}`}function le({id:a,onClose:t}){let s=m().erase;return M`<${e}
title=${s.person(n(a))}
id=${a}
parts=${[{title:s.goes,lines:s.goesOfPerson},{title:s.stays,lines:s.staysOfPerson}]}
erase=${()=>X.deleteUser({accountId:W.peek(),userId:a})}
onClose=${t}
/>`}function ie({person:{id:e,name:a,team:t}}){return M`<div>
<h1><${H}>${a||e}<//></h1>
${(a||t)&&M`<p class="hint known-as">
${a&&M`<span>${m().person.id} <${H}>${e}<//></span>`} ${t&&M`<span>${m().common.team} <${H}>${t}<//></span>`}
</p>`}
</div>`}function oe({person:e}){let a=m().person,t=B.value,{lastActivity:s}=e,n=e=>M`<${A} ms=${e} now=${t} /> <span class="hint">(${k(t-e)})</span>`,o=O(e);return M`<dl class="facts card">
<div class="whole">
<dt>${a.why}</dt>
<dd>${l(e,e.checked&&void 0!==s?t-s:void 0)}</dd>
</div>
<div><dt>${a.since}</dt><dd>${n(e.since)}</dd></div>
<div><dt>${a.last}</dt><dd>${void 0===s?a.never:n(s)}</dd></div>
<div>
<dt>${a.next}</dt>
<dd>
${o?M`<${d} person=${e} />`:a.none}
<p class="hint">${o&&r(o.cause)||" "}</p>
</dd>
</div>
<div><dt>${a.end}</dt><dd>${i(e)||a.nothing}</dd></div>
<div><dt>${a.connected}</dt><dd>${e.isConnected?m().workflows.yes:m().workflows.no}</dd></div>
<div><dt>${a.engagements}</dt><dd>${e.engagements||a.nothing}</dd></div>
</dl>`}function re({id:e,person:t}){let n=m().person,l=S(24),i=S(0),r=S(null),d=S(""),c=B.value,v=i.value||c,p=l.value*h,b=v-p,f="live"===Y.value;w(()=>{if(!f)return;let t=new AbortController;return a({accountId:W.peek(),userId:e,start:b,signal:t.signal}).then(e=>{r.value={...e,start:b},d.value=""},e=>{!u(e)&&!o(e)&&(d.value=$(e))}),()=>t.abort()},[e,p,i.value,t.revision,f]);let{changes:g=[],isCapped:y=!1}=r.value??{},k=null!==r.value&&r.value.start<=b,C=e=>i.value=e<B.peek()?e:0;return M`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>C(b)}>${n.earlier}</button>
<button type="button" disabled=${!i.value} onClick=${()=>C(v+p)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${e=>l.value=Number(e.currentTarget.value)}>
${se.map(e=>M`<option value=${e} selected=${e===l.value}>${n.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${i.value>0&&M`<p role="status">${s(b,c)} – ${s(v,c)}</p>`}
${d.value&&M`<${N} kind="error">${d.value}<//>`}
${y?M`<${N} kind="warn">${n.capped}<//>`:k?M`<${te} parts=${function(e,a,t,s){let n=[],l=(e,a,l)=>{let i=n.at(-1);a=Math.max(a,t),l=Math.min(l,s),!(e===E.UNSPECIFIED||l<=a)&&(i&&i.status===e&&i.from===l?i.from=a:n.push({status:e,from:a,to:l}))},i=1/0;for(let a of e)l(a.to,a.at,i),i=a.at;let o=e.at(-1);return o?l(o.from,-1/0,i):l(a.status,a.since,i),n.reverse()}(g,t,b,v)} start=${b} end=${v} />
<${de} changes=${g.filter(({at:e})=>e>=b&&e<v)} key=${`${p} ${i.value}`} />`:!d.value&&M`<${P} />`}
</section>`}function de({changes:e}){let a=m().person,s=S(100);return 0===e.length?M`<p class="hint">${a.noChanges}</p>`:M`<table class="plain stacked">
<caption class="visually-hidden">${a.changes}</caption>
<thead>
<tr>
<th scope="col">${m().history.time}</th>
<th scope="col">${m().history.change}</th>
<th scope="col">${m().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,s.value).map(e=>M`<tr key=${String(e.revision)}>
<td><${A} ms=${e.at} /></td>
<td><${t} change=${e} /></td>
<td class="breaks">${l(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>s.value&&M`<button type="button" class="quiet" onClick=${()=>s.value+=100}>${m().common.more(e.length-s.value)}</button>`}
<p class="hint">${m().common.zone(f)}</p>`}export{ne as a,ie as b,oe as c,re as d};