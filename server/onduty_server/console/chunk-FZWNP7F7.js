import{a as e}from"./chunk-AQRDVN3U.js";import{a,c as t}from"./chunk-J7RUEN3O.js";import{$ as s,Aa as n,Ca as l,Da as i,E as o,Ea as r,F as d,Fa as $,Ga as u,Ia as c,M as v,Ma as p,Na as m,Oa as h,Pa as b,Qa as f,Ra as g,Sa as y,Ta as k,Ua as w,Y as C,c as I,d as N,da as E,ea as S,fa as M,ga as x,h as A,ha as U,i as D,ia as L,ja as O,la as P,ma as R,o as F,oa as j,pa as T,qa as H,r as q,ra as Q,sa as Y,ta as _,v as z,va as B,wa as K,xa as V,y as W,ya as G,za as J}from"./chunk-RRVKQIEZ.js";var Z=[10,30,60,120,240,720,1440],X=e=>(new TextEncoder).encode(e).length;function ee({person:e,onClose:a}){let t=s().edit,n=A(e.name),l=A(e.team),r=A(""),$=A(!1),u=A({name:e.name,team:e.team}),c={name:n.value.trim(),team:l.value.trim()},m=[c.name!==u.value.name&&"display_name",c.team!==u.value.team&&"team_id"].filter(Boolean),h={name:X(c.name)>256?t.tooLong(256):"",team:X(c.team)>128?t.tooLong(128):""},b=m.length>0&&!h.name&&!h.team&&!$.value,f=[["name",t.name,t.nameHint,n],["team",s().common.team,t.teamHint,l]];return q`<${Y} title=${t.title(p(e.id))} onClose=${a}>
<form onSubmit=${async t=>{if(t.preventDefault(),b){$.value=!0,r.value="";try{let t={accountId:d.peek(),userId:e.id,displayName:c.name,teamId:c.team},{userStatus:s}=await o.updateUser({user:t,updateMask:{paths:m}});s&&i([s]),a()}catch(e){e instanceof F&&"USER_UNKNOWN"===e.reason?r.value=s().setStatus.erased:v(e)||(r.value=g(e))}$.value=!1}}} novalidate>
${f.map(([e,a,t,n])=>q`<div key=${e} class="field ${h[e]?"wrong":""}">
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
<datalist id="known-teams">${w.value.map(({teamId:e})=>q`<option key=${e} value=${e}></option>`)}</datalist>
${r.value&&q`<${j} kind="error">${r.value}<//>`}
<div class="dialog-actions">
<button type="button" onClick=${a}>${s().common.cancel}</button>
<button type="submit" class="primary" disabled=${!b}>${s().workflows.save}</button>
</div>
</form>
<//>`}var ae={[D.ONLINE]:1,[D.AWAY]:2/3,[D.OFFLINE]:1/3};function te({parts:e,start:a,end:t}){let n=e=>(e-a)/(t-a)*1e3,l=function(e){let a=new Map;for(let{status:t,from:s,to:n}of e)a.set(t,(a.get(t)??0)+n-s);return[...a].sort(([e],[a])=>e-a)}(e),i=s().person.bar(l.map(([e,a])=>`${u(e)} ${L(a)}`).join(", "));return q`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${i}>
${e.map(({status:e,from:a,to:t})=>q`<rect
key=${a}
class="part ${$(e).toLowerCase()}"
x=${n(a)}
width=${Math.max(.5,n(t)-n(a))}
y=${28*(1-ae[e])}
height=${28*ae[e]}
>
<title>${`${u(e)}: ${U(a)} – ${U(t)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${function(e,a){let t=Z.find(t=>(a-e)/6e4/t<=8)??1440,s=[],n=new Date(e);n.setHours(0,0,0,0);let[l,i,o]=[n.getFullYear(),n.getMonth(),n.getDate()];for(let n=0;;n+=t){let t=new Date(l,i,o,0,n).getTime();if(t>=a)return s;t>=e&&t!==s.at(-1)&&s.push(t)}}(a,t-(t-a)/20).map(e=>q`<span key=${e} style=${{left:n(e)/10+"%"}}>${function(e,a){return a>2*S?x("mark day",{weekday:"short",day:"numeric"}).format(e):x("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,t-a)}</span>`)}
</div>
</div>
<ul class="sums">
${l.map(([e,a])=>q`<li key=${e}><${c} status=${e} /> ${L(a)}</li>`)}
</ul>`}var se=[8,24,168];function ne({id:e}){let a=s().person,t=A("");V.value;let l=K.all.get(e),$=N(!1);$.current||=void 0!==l;let u=""===e||$.current&&!l,p="live"===G.value;I(()=>{u&&e&&W(z("person",""))},[u]),I(()=>{if(!p||u)return;let a=new AbortController,t=async()=>{if(!document.hidden)try{let{userStatus:t}=await o.getStatus({accountId:d.peek(),userId:e},{signal:a.signal});t&&i([t])}catch(e){if(!(e instanceof F))throw e;v(e)}};t();let s=setInterval(t,4e3);return document.addEventListener("visibilitychange",t),()=>{clearInterval(s),document.removeEventListener("visibilitychange",t),a.abort()}},[e,l?.revision,p,u]);let m=()=>t.value="",h=q`<p class="crumbs"><a href=${z("board")}><${R} name="back" />${a.back}</a></p>`;return"denied"===G.value?q`${h}<${T} isPage title=${s().errors.denied} />`:u?q`${h}<${T} isPage title=${a.erased} hint=${a.erasedHint} />`:l?q`${h}<${r} />
<div class=${n.value?"stale":""}>
<div class="person-head">
<${ie} person=${l} />
<${c} status=${l.status} large />
<div class="person-acts">
${C("status.write",e)&&q`<button type="button" onClick=${()=>t.value="set"}>${s().board.setSelected}</button>`}
${C("user.write",e)&&q`<button type="button" onClick=${()=>t.value="edit"}>${s().edit.open}</button>`}
${C("user.delete",e)&&q`<button type="button" class="danger quiet" onClick=${()=>t.value="erase"}>${s().erase.open}</button>`}
</div>
</div>
<${oe} person=${l} />
<${re} id=${e} person=${l} />
</div>
${"set"===t.value&&q`<${k} ids=${[e]} onClose=${m} />`}
${"edit"===t.value&&q`<${ee} person=${l} onClose=${m} />`}
${"erase"===t.value&&q`<${le} id=${e} onClose=${m} />`}`:q`${h}<${r} />
${J.value?q`<${T} isPage title=${a.unknown(P(e))} />`:q`<${H} />`}`}function le({id:a,onClose:t}){let n=s().erase;return q`<${e}
title=${n.person(p(a))}
id=${a}
parts=${[{title:n.goes,lines:n.goesOfPerson},{title:n.stays,lines:n.staysOfPerson}]}
erase=${()=>o.deleteUser({accountId:d.peek(),userId:a},{timeoutMs:6e4})}
onClose=${t}
/>`}function ie({person:{id:e,name:a,team:t}}){return q`<div>
<h1><${_}>${a||e}<//></h1>
${(a||t)&&q`<p class="hint known-as">
${a&&q`<span>${s().person.id} <${_}>${e}<//></span>`} ${t&&q`<span>${s().common.team} <${_}>${t}<//></span>`}
</p>`}
</div>`}function oe({person:e}){let a=s().person,t=l.value,{lastActivity:n}=e,i=e=>q`<${Q} ms=${e} now=${t} /> <span class="hint">(${O(t-e)})</span>`,o=B(e);return q`<dl class="facts card">
<div class="whole">
<dt>${a.why}</dt>
<dd>${m(e,e.checked&&void 0!==n?t-n:void 0)}</dd>
</div>
<div><dt>${a.since}</dt><dd>${i(e.since)}</dd></div>
<div><dt>${a.last}</dt><dd>${void 0===n?a.never:i(n)}</dd></div>
<div>
<dt>${a.next}</dt>
<dd>
${o?q`<${f} person=${e} />`:a.none}
<p class="hint">${o&&b(o.cause)||" "}</p>
</dd>
</div>
<div><dt>${a.end}</dt><dd>${h(e)||a.nothing}</dd></div>
<div><dt>${a.connected}</dt><dd>${e.isConnected?s().workflows.yes:s().workflows.no}</dd></div>
<div><dt>${a.engagements}</dt><dd>${e.engagements||a.nothing}</dd></div>
</dl>`}function re({id:e,person:t}){let n=s().person,i=A(24),o=A(0),r=A(null),$=A(""),u=l.value,c=o.value||u,p=i.value*E,m=c-p,h="live"===G.value;I(()=>{if(!h)return;let t=new AbortController;return a({accountId:d.peek(),userId:e,start:m,signal:t.signal}).then(e=>{r.value={...e,start:m},$.value=""},e=>{!y(e)&&!v(e)&&($.value=g(e))}),()=>t.abort()},[e,p,o.value,t.revision,h]);let{changes:b=[],isCapped:f=!1}=r.value??{},k=null!==r.value&&r.value.start<=m,w=e=>o.value=e<l.peek()?e:0;return q`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>w(m)}>${n.earlier}</button>
<button type="button" disabled=${!o.value} onClick=${()=>w(c+p)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${e=>i.value=Number(e.currentTarget.value)}>
${se.map(e=>q`<option value=${e} selected=${e===i.value}>${n.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${o.value>0&&q`<p role="status">${U(m,u)} – ${U(c,u)}</p>`}
${$.value&&q`<${j} kind="error">${$.value}<//>`}
${f?q`<${j} kind="warn">${n.capped}<//>`:k?q`<${te} parts=${function(e,a,t,s){let n=[],l=(e,a,l)=>{let i=n.at(-1);a=Math.max(a,t),l=Math.min(l,s),!(e===D.UNSPECIFIED||l<=a)&&(i&&i.status===e&&i.from===l?i.from=a:n.push({status:e,from:a,to:l}))},i=1/0;for(let a of e)l(a.to,a.at,i),i=a.at;let o=e.at(-1);return o?l(o.from,-1/0,i):l(a.status,a.since,i),n.reverse()}(b,t,m,c)} start=${m} end=${c} />
<${de} changes=${b.filter(({at:e})=>e>=m&&e<c)} key=${`${p} ${o.value}`} />`:!$.value&&q`<${H} />`}
</section>`}function de({changes:e}){let a=s().person,n=A(100);return 0===e.length?q`<p class="hint">${a.noChanges}</p>`:q`<table class="plain stacked">
<caption class="visually-hidden">${a.changes}</caption>
<thead>
<tr>
<th scope="col">${s().history.time}</th>
<th scope="col">${s().history.change}</th>
<th scope="col">${s().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,n.value).map(e=>q`<tr key=${String(e.revision)}>
<td><${Q} ms=${e.at} /></td>
<td><${t} change=${e} /></td>
<td class="breaks">${m(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>n.value&&q`<button type="button" class="quiet" onClick=${()=>n.value+=100}>${s().common.more(e.length-n.value)}</button>`}
<p class="hint">${s().common.zone(M)}</p>`}export{ne as a,ie as b,oe as c,re as d};