import{a as e}from"./chunk-LC77MRNW.js";import{a as t,c as a}from"./chunk-65WGHJOA.js";import{$ as s,Ca as n,Da as l,Ea as i,F as o,Fa as r,Ga as d,Ha as $,Ia as u,Ja as c,Ka as v,R as p,U as m,W as h,X as b,Y as f,Z as g,_ as y,aa as k,b as w,c as C,ca as I,d as S,da as N,e as x,fa as E,ga as A,ha as L,i as F,ia as M,ja as D,ka as H,l as O,ma as P,na as U,o as j,oa as R,pa as W,qa as T,r as _,ra as q,ta as K,ua as Y,va as Z,wa as B,x as G,xa as J,y as z,ya as X}from"./chunk-ZZFARS3K.js";var Q=[10,30,60,120,240,720,1440],V=e=>(new TextEncoder).encode(e).length;function ee({person:e,onClose:t}){let a=m().edit,s=S(e.name),l=S(e.team),i=S(""),r=S(!1),d=S({name:e.name,team:e.team}),u={name:s.value.trim(),team:l.value.trim()},c=[u.name!==d.value.name&&"display_name",u.team!==d.value.team&&"team_id"].filter(Boolean),p={name:V(u.name)>256?a.tooLong(256):"",team:V(u.team)>128?a.tooLong(128):""},h=c.length>0&&!p.name&&!p.team&&!r.value,b=[["name",a.name,a.nameHint,s],["team",m().common.team,a.teamHint,l]];return O`<${D} title=${a.title(n(e.id))} onClose=${t}>
<form onSubmit=${async a=>{if(a.preventDefault(),h){r.value=!0,i.value="";try{let a={accountId:z.peek(),userId:e.id,displayName:u.name,teamId:u.team},{userStatus:s}=await G.updateUser({user:a,updateMask:{paths:c}});s&&Y([s]),t()}catch(e){e instanceof F&&"USER_UNKNOWN"===e.reason?i.value=m().setStatus.erased:o(e)||(i.value=$(e))}r.value=!1}}} novalidate>
${b.map(([e,t,a,s])=>O`<div key=${e} class="field ${p[e]?"wrong":""}">
<label for="edit-${e}">${t} <span class="hint">(${m().setStatus.optional})</span></label>
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
<p class=${p[e]?"problem":"hint"} id="edit-${e}-hint">${p[e]||a}</p>
</div>`)}
<datalist id="known-teams">${v.value.map(({teamId:e})=>O`<option key=${e} value=${e}></option>`)}</datalist>
${i.value&&O`<${E} kind="error">${i.value}<//>`}
<div class="dialog-actions">
<button type="button" onClick=${t}>${m().common.cancel}</button>
<button type="submit" class="primary" disabled=${!h}>${m().workflows.save}</button>
</div>
</form>
<//>`}var te={[x.ONLINE]:1,[x.AWAY]:2/3,[x.OFFLINE]:1/3};function ae({parts:e,start:t,end:a}){let n=e=>(e-t)/(a-t)*1e3,l=function(e){let t=new Map;for(let{status:a,from:s,to:n}of e)t.set(a,(t.get(a)??0)+n-s);return[...t].sort(([e],[t])=>e-t)}(e),i=m().person.bar(l.map(([e,t])=>`${J(e)} ${s(t)}`).join(", "));return O`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${i}>
${e.map(({status:e,from:t,to:a})=>O`<rect
key=${t}
class="part ${B(e).toLowerCase()}"
x=${n(t)}
width=${Math.max(.5,n(a)-n(t))}
y=${28*(1-te[e])}
height=${28*te[e]}
>
<title>${`${J(e)}: ${y(t)} – ${y(a)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${function(e,t){let a=Q.find(a=>(t-e)/6e4/a<=8)??1440,s=[],n=new Date(e);n.setHours(0,0,0,0);let[l,i,o]=[n.getFullYear(),n.getMonth(),n.getDate()];for(let n=0;;n+=a){let a=new Date(l,i,o,0,n).getTime();if(a>=t)return s;a>=e&&a!==s.at(-1)&&s.push(a)}}(t,a-(a-t)/20).map(e=>O`<span key=${e} style=${{left:n(e)/10+"%"}}>${function(e,t){return t>2*b?g("mark day",{weekday:"short",day:"numeric"}).format(e):g("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,a-t)}</span>`)}
</div>
</div>
<ul class="sums">
${l.map(([e,t])=>O`<li key=${e}><${X} status=${e} /> ${s(t)}</li>`)}
</ul>`}var se=[8,24,168];function ne({id:e}){let t=m().person,a=S("");R.value;let s=U.all.get(e),n=C(!1);n.current||=void 0!==s;let l=""===e||n.current&&!s,i="live"===W.value;w(()=>{l&&e&&_(j("person",""))},[l]),w(()=>{if(!i||l)return;let t=new AbortController,a=async()=>{if(!document.hidden)try{let{userStatus:a}=await G.getStatus({accountId:z.peek(),userId:e},{signal:t.signal});a&&Y([a])}catch(e){if(!(e instanceof F))throw e;o(e)}};a();let s=setInterval(a,4e3);return document.addEventListener("visibilitychange",a),()=>{clearInterval(s),document.removeEventListener("visibilitychange",a),t.abort()}},[e,s?.revision,i,l]);let r=()=>a.value="",d=O`<p class="crumbs"><a href=${j("board")}><${N} name="back" />${t.back}</a></p>`;return"denied"===W.value?O`${d}<${A} isPage title=${m().errors.denied} />`:l?O`${d}<${A} isPage title=${t.erased} hint=${t.erasedHint} />`:s?O`${d}<${Z} />
<div class=${q.value?"stale":""}>
<div class="person-head">
<${ie} person=${s} />
<${X} status=${s.status} large />
<div class="person-acts">
${p("status.write",e)&&O`<button type="button" onClick=${()=>a.value="set"}>${m().board.setSelected}</button>`}
${p("user.write",e)&&O`<button type="button" onClick=${()=>a.value="edit"}>${m().edit.open}</button>`}
${p("user.delete",e)&&O`<button type="button" class="danger quiet" onClick=${()=>a.value="erase"}>${m().erase.open}</button>`}
</div>
</div>
<${oe} person=${s} />
<${re} id=${e} person=${s} />
</div>
${"set"===a.value&&O`<${c} ids=${[e]} onClose=${r} />`}
${"edit"===a.value&&O`<${ee} person=${s} onClose=${r} />`}
${"erase"===a.value&&O`<${le} id=${e} onClose=${r} />`}`:O`${d}<${Z} />
${T.value?O`<${A} isPage title=${t.unknown(I(e))} />`:O`<${L} />`}`}function le({id:t,onClose:a}){let s=m().erase;return O`<${e}
title=${s.person(n(t))}
id=${t}
parts=${[{title:s.goes,lines:s.goesOfPerson},{title:s.stays,lines:s.staysOfPerson}]}
erase=${()=>G.deleteUser({accountId:z.peek(),userId:t})}
onClose=${a}
/>`}function ie({person:{id:e,name:t,team:a}}){return O`<div>
<h1><${H}>${t||e}<//></h1>
${(t||a)&&O`<p class="hint known-as">
${t&&O`<span>${m().person.id} <${H}>${e}<//></span>`} ${a&&O`<span>${m().common.team} <${H}>${a}<//></span>`}
</p>`}
</div>`}function oe({person:e}){let t=m().person,a=K.value,{lastActivity:s}=e,n=e=>O`<${M} ms=${e} now=${a} /> <span class="hint">(${k(a-e)})</span>`,o=P(e);return O`<dl class="facts card">
<div class="whole">
<dt>${t.why}</dt>
<dd>${l(e,e.checked&&void 0!==s?a-s:void 0)}</dd>
</div>
<div><dt>${t.since}</dt><dd>${n(e.since)}</dd></div>
<div><dt>${t.last}</dt><dd>${void 0===s?t.never:n(s)}</dd></div>
<div>
<dt>${t.next}</dt>
<dd>
${o?O`<${d} person=${e} />`:t.none}
<p class="hint">${o&&r(o.cause)||" "}</p>
</dd>
</div>
<div><dt>${t.end}</dt><dd>${i(e)||t.nothing}</dd></div>
<div><dt>${t.connected}</dt><dd>${e.isConnected?m().workflows.yes:m().workflows.no}</dd></div>
<div><dt>${t.engagements}</dt><dd>${e.engagements||t.nothing}</dd></div>
</dl>`}function re({id:e,person:a}){let s=m().person,n=S(24),l=S(0),i=S(null),r=S(""),d=K.value,c=l.value||d,v=n.value*h,p=c-v,b="live"===W.value;w(()=>{if(!b)return;let a=new AbortController;return t({accountId:z.peek(),userId:e,start:p,signal:a.signal}).then(e=>{i.value={...e,start:p},r.value=""},e=>{!u(e)&&!o(e)&&(r.value=$(e))}),()=>a.abort()},[e,v,l.value,a.revision,b]);let{changes:f=[],isCapped:g=!1}=i.value??{},k=null!==i.value&&i.value.start<=p,C=e=>l.value=e<K.peek()?e:0;return O`<section class="card">
<div class="section-head">
<h2>${s.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>C(p)}>${s.earlier}</button>
<button type="button" disabled=${!l.value} onClick=${()=>C(c+v)}>${s.later}</button>
<label
><span class="visually-hidden">${s.range}</span>
<select onChange=${e=>n.value=Number(e.currentTarget.value)}>
${se.map(e=>O`<option value=${e} selected=${e===n.value}>${s.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${l.value>0&&O`<p role="status">${y(p,d)} – ${y(c,d)}</p>`}
${r.value&&O`<${E} kind="error">${r.value}<//>`}
${g?O`<${E} kind="warn">${s.capped}<//>`:k?O`<${ae} parts=${function(e,t,a,s){let n=[],l=(e,t,l)=>{let i=n.at(-1);t=Math.max(t,a),l=Math.min(l,s),!(e===x.UNSPECIFIED||l<=t)&&(i&&i.status===e&&i.from===l?i.from=t:n.push({status:e,from:t,to:l}))},i=1/0;for(let t of e)l(t.to,t.at,i),i=t.at;let o=e.at(-1);return o?l(o.from,-1/0,i):l(t.status,t.since,i),n.reverse()}(f,a,p,c)} start=${p} end=${c} />
<${de} changes=${f.filter(({at:e})=>e>=p&&e<c)} key=${`${v} ${l.value}`} />`:!r.value&&O`<${L} />`}
</section>`}function de({changes:e}){let t=m().person,s=S(100);return 0===e.length?O`<p class="hint">${t.noChanges}</p>`:O`<table class="plain stacked">
<caption class="visually-hidden">${t.changes}</caption>
<thead>
<tr>
<th scope="col">${m().history.time}</th>
<th scope="col">${m().history.change}</th>
<th scope="col">${m().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,s.value).map(e=>O`<tr key=${String(e.revision)}>
<td><${M} ms=${e.at} /></td>
<td><${a} change=${e} /></td>
<td class="breaks">${l(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>s.value&&O`<button type="button" class="quiet" onClick=${()=>s.value+=100}>${m().common.more(e.length-s.value)}</button>`}
<p class="hint">${m().common.zone(f)}</p>`}export{ne as a,ie as b,oe as c,re as d};