import{a as e}from"./chunk-LWYCIE7L.js";import{a,c as t}from"./chunk-5JMWDUL2.js";import{$ as s,Aa as n,Ca as l,Da as i,E as o,Ea as r,F as d,Fa as $,Ga as u,Ia as c,M as v,Ma as p,Na as m,Oa as h,Pa as b,Qa as f,Ra as g,Sa as y,Ta as k,Ua as w,Y as C,c as I,d as E,da as M,ea as S,fa as L,ga as N,h as x,ha as A,i as O,ia as D,ja as P,la as U,ma as F,o as j,oa as T,pa as H,qa as R,r as W,ra as Y,sa as q,ta as _,v as z,va as B,wa as G,xa as J,y as K,ya as Q,za as V}from"./chunk-MA6OEORC.js";var X=[10,30,60,120,240,720,1440],Z=e=>(new TextEncoder).encode(e).length;function ee({person:e,onClose:a}){let t=s().edit,n=x(e.name),l=x(e.team),r=x(""),$=x(!1),u=x({name:e.name,team:e.team}),c={name:n.value.trim(),team:l.value.trim()},m=[c.name!==u.value.name&&"display_name",c.team!==u.value.team&&"team_id"].filter(Boolean),h={name:Z(c.name)>256?t.tooLong(256):"",team:Z(c.team)>128?t.tooLong(128):""},b=m.length>0&&!h.name&&!h.team&&!$.value,f=[["name",t.name,t.nameHint,n],["team",s().common.team,t.teamHint,l]];return W`<${q} title=${t.title(p(e.id))} onClose=${a}>
<form onSubmit=${async t=>{if(t.preventDefault(),b){$.value=!0,r.value="";try{let t={accountId:d.peek(),userId:e.id,displayName:c.name,teamId:c.team},{userStatus:s}=await o.updateUser({user:t,updateMask:{paths:m}});s&&i([s]),a()}catch(e){e instanceof j&&"USER_UNKNOWN"===e.reason?r.value=s().setStatus.erased:v(e)||(r.value=g(e))}$.value=!1}}} novalidate>
${f.map(([e,a,t,n])=>W`<div key=${e} class="field ${h[e]?"wrong":""}">
<label for="edit-${e}">${a} <span class="hint">(${s().setStatus.optional})</span></label>
<input
id="edit-${e}"
list=${"team"===e?"known-teams":null}
autocomplete="off"
dir="auto"
disabled=${$.value}
value=${n.value}
aria-describedby="edit-${e}-hint"
aria-invalid=${h[e]?"true":null}
onInput=${e=>n.value=e.currentTarget.value}
/>
<p class=${h[e]?"problem":"hint"} id="edit-${e}-hint">${h[e]||t}</p>
</div>`)}
<datalist id="known-teams">${w.value.map(({teamId:e})=>W`<option key=${e} value=${e}></option>`)}</datalist>
${r.value&&W`<${T} kind="error">${r.value}<//>`}
<div class="dialog-actions">
<button type="button" onClick=${a}>${s().common.cancel}</button>
<button type="submit" class="primary" disabled=${!b}>${s().workflows.save}</button>
</div>
</form>
<//>`}var ae={[O.ONLINE]:1,[O.AWAY]:2/3,[O.OFFLINE]:1/3};function te({parts:e,start:a,end:t}){let n=e=>(e-a)/(t-a)*1e3,l=function(e){let a=new Map;for(let{status:t,from:s,to:n}of e)a.set(t,(a.get(t)??0)+n-s);return[...a].sort(([e],[a])=>e-a)}(e),i=s().person.bar(l.map(([e,a])=>`${u(e)} ${D(a)}`).join(", "));return W`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${i}>
${e.map(({status:e,from:a,to:t})=>W`<rect
key=${a}
class="part ${$(e).toLowerCase()}"
x=${n(a)}
width=${Math.max(.5,n(t)-n(a))}
y=${28*(1-ae[e])}
height=${28*ae[e]}
>
<title>${`${u(e)}: ${A(a)} – ${A(t)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${function(e,a){let t=X.find(t=>(a-e)/6e4/t<=8)??1440,s=[],n=new Date(e);n.setHours(0,0,0,0);let[l,i,o]=[n.getFullYear(),n.getMonth(),n.getDate()];for(let n=0;;n+=t){let t=new Date(l,i,o,0,n).getTime();if(t>=a)return s;t>=e&&t!==s.at(-1)&&s.push(t)}}(a,t-(t-a)/20).map(e=>W`<span key=${e} style=${{left:n(e)/10+"%"}}>${function(e,a){return a>2*S?N("mark day",{weekday:"short",day:"numeric"}).format(e):N("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,t-a)}</span>`)}
</div>
</div>
<ul class="sums">
${l.map(([e,a])=>W`<li key=${e}><${c} status=${e} /> ${D(a)}</li>`)}
</ul>`}var se=[8,24,168];function ne({id:e}){let a=s().person,t=x("");J.value;let l=G.all.get(e),$=E(!1);$.current||=void 0!==l;let u=""===e||$.current&&!l,p="live"===Q.value;I(()=>{u&&e&&K(z("person",""))},[u]),I(()=>{if(!p||u)return;let a=new AbortController,t=async()=>{if(!document.hidden)try{let{userStatus:t}=await o.getStatus({accountId:d.peek(),userId:e},{signal:a.signal});t&&i([t])}catch(e){if(!(e instanceof j))throw e;v(e)}};t();let s=setInterval(t,4e3);return document.addEventListener("visibilitychange",t),()=>{clearInterval(s),document.removeEventListener("visibilitychange",t),a.abort()}},[e,l?.revision,p,u]);let m=()=>t.value="",h=W`<p class="crumbs"><a href=${z("board")}><${F} name="back" />${a.back}</a></p>`;return"denied"===Q.value?W`${h}<${H} isPage title=${s().errors.denied} />`:u?W`${h}<${H} isPage title=${a.erased} hint=${a.erasedHint} />`:l?W`${h}<${r} />
<div class=${n.value?"stale":""}>
<div class="person-head">
<${ie} person=${l} />
<${c} status=${l.status} large />
<div class="person-acts">
${C("status.write",e)&&W`<button type="button" onClick=${()=>t.value="set"}>${s().board.setSelected}</button>`}
${C("user.write",e)&&W`<button type="button" onClick=${()=>t.value="edit"}>${s().edit.open}</button>`}
${C("user.delete",e)&&W`<button type="button" class="danger quiet" onClick=${()=>t.value="erase"}>${s().erase.open}</button>`}
</div>
</div>
<${oe} person=${l} />
<${re} id=${e} person=${l} />
</div>
${"set"===t.value&&W`<${k} ids=${[e]} onClose=${m} />`}
${"edit"===t.value&&W`<${ee} person=${l} onClose=${m} />`}
${"erase"===t.value&&W`<${le} id=${e} onClose=${m} />`}`:W`${h}<${r} />
${V.value?W`<${H} isPage title=${a.unknown(U(e))} />`:W`<${R} />`}`}function le({id:a,onClose:t}){let n=s().erase;return W`<${e}
title=${n.person(p(a))}
id=${a}
parts=${[{title:n.goes,lines:n.goesOfPerson},{title:n.stays,lines:n.staysOfPerson}]}
erase=${()=>o.deleteUser({accountId:d.peek(),userId:a},{timeoutMs:6e4})}
onClose=${t}
/>`}function ie({person:{id:e,name:a,team:t}}){return W`<div>
<h1><${_}>${a||e}<//></h1>
${(a||t)&&W`<p class="hint known-as">
${a&&W`<span>${s().person.id} <${_}>${e}<//></span>`} ${t&&W`<span>${s().common.team} <${_}>${t}<//></span>`}
</p>`}
</div>`}function oe({person:e}){let a=s().person,t=l.value,{lastActivity:n}=e,i=e=>W`<${Y} ms=${e} now=${t} /> <span class="hint">(${P(t-e)})</span>`,o=B(e);return W`<dl class="facts card">
<div class="whole">
<dt>${a.why}</dt>
<dd>${m(e,e.checked&&void 0!==n?t-n:void 0)}</dd>
</div>
<div><dt>${a.since}</dt><dd>${i(e.since)}</dd></div>
<div><dt>${a.last}</dt><dd>${void 0===n?a.never:i(n)}</dd></div>
<div>
<dt>${a.next}</dt>
<dd>
${o?W`<${f} person=${e} />`:a.none}
<p class="hint">${o&&b(o.cause)||" "}</p>
</dd>
</div>
<div><dt>${a.end}</dt><dd>${h(e)||a.nothing}</dd></div>
<div><dt>${a.connected}</dt><dd>${e.isConnected?s().workflows.yes:s().workflows.no}</dd></div>
<div><dt>${a.engagements}</dt><dd>${e.engagements||a.nothing}</dd></div>
</dl>`}function re({id:e,person:t}){let n=s().person,i=x(24),o=x(0),r=x(null),$=x(""),u=l.value,c=o.value||u,p=i.value*M,m=c-p,h="live"===Q.value;I(()=>{if(!h)return;let t=new AbortController;return a({accountId:d.peek(),userId:e,start:m,signal:t.signal}).then(e=>{r.value={...e,start:m},$.value=""},e=>{!y(e)&&!v(e)&&($.value=g(e))}),()=>t.abort()},[e,p,o.value,t.revision,h]);let{changes:b=[],isCapped:f=!1}=r.value??{},k=null!==r.value&&r.value.start<=m,w=e=>o.value=e<l.peek()?e:0;return W`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>w(m)}>${n.earlier}</button>
<button type="button" disabled=${!o.value} onClick=${()=>w(c+p)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${e=>i.value=Number(e.currentTarget.value)}>
${se.map(e=>W`<option value=${e} selected=${e===i.value}>${n.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${o.value>0&&W`<p role="status">${A(m,u)} – ${A(c,u)}</p>`}
${$.value&&W`<${T} kind="error">${$.value}<//>`}
${f?W`<${T} kind="warn">${n.capped}<//>`:k?W`<${te} parts=${function(e,a,t,s){let n=[],l=(e,a,l)=>{let i=n.at(-1);a=Math.max(a,t),l=Math.min(l,s),!(e===O.UNSPECIFIED||l<=a)&&(i&&i.status===e&&i.from===l?i.from=a:n.push({status:e,from:a,to:l}))},i=1/0;for(let a of e)l(a.to,a.at,i),i=a.at;let o=e.at(-1);return o?l(o.from,-1/0,i):l(a.status,a.since,i),n.reverse()}(b,t,m,c)} start=${m} end=${c} />
<${de} changes=${b.filter(({at:e})=>e>=m&&e<c)} key=${`${p} ${o.value}`} />`:!$.value&&W`<${R} />`}
</section>`}function de({changes:e}){let a=s().person,n=x(100);return 0===e.length?W`<p class="hint">${a.noChanges}</p>`:W`<table class="plain stacked">
<caption class="visually-hidden">${a.changes}</caption>
<thead>
<tr>
<th scope="col">${s().history.time}</th>
<th scope="col">${s().history.change}</th>
<th scope="col">${s().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,n.value).map(e=>W`<tr key=${String(e.revision)}>
<td><${Y} ms=${e.at} /></td>
<td><${t} change=${e} /></td>
<td class="breaks">${m(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>n.value&&W`<button type="button" class="quiet" onClick=${()=>n.value+=100}>${s().common.more(e.length-n.value)}</button>`}
<p class="hint">${s().common.zone(L)}</p>`}export{ne as a,ie as b,oe as c,re as d};