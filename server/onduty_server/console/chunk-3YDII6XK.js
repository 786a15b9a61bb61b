import{a as e}from"./chunk-VKOQNYHM.js";import{a as t,c as a}from"./chunk-OGKUBPWD.js";import{$ as s,Da as n,Ea as l,Fa as i,G as o,Ga as r,Ha as d,Ia as $,Ja as u,Ka as c,La as v,S as p,V as m,X as h,Y as b,Z as f,_ as g,aa as y,ba as k,c as w,d as C,da as I,e as S,ea as N,f as E,ga as x,ha as L,ia as M,j as D,ja as H,ka as O,la as P,m as j,na as A,oa as U,p as F,pa as K,qa as G,ra as T,s as Y,sa as _,ua as q,va as z,wa as B,xa as R,y as W,ya as Q,z as V,za as J}from"./chunk-I2RCKGQH.js";var X=[10,30,60,120,240,720,1440],Z=e=>(new TextEncoder).encode(e).length;function ee({person:e,onClose:t}){let a=m().edit,s=S(e.name),l=S(e.team),i=S(""),r=S(!1),d=S({name:e.name,team:e.team}),u={name:s.value.trim(),team:l.value.trim()},c=[u.name!==d.value.name&&"display_name",u.team!==d.value.team&&"team_id"].filter(Boolean),p={name:Z(u.name)>256?a.tooLong(256):"",team:Z(u.team)>128?a.tooLong(128):""},h=c.length>0&&!p.name&&!p.team&&!r.value,b=[["name",a.name,a.nameHint,s],["team",m().common.team,a.teamHint,l]];return j`<${O} title=${a.title(n(e.id))} onClose=${t}>
<form onSubmit=${async a=>{if(a.preventDefault(),h){r.value=!0,i.value="";try{let a={accountId:V.peek(),userId:e.id,displayName:u.name,teamId:u.team},{userStatus:s}=await W.updateUser({user:a,updateMask:{paths:c}});s&&z([s]),t()}catch(e){e instanceof D&&"USER_UNKNOWN"===e.reason?i.value=m().setStatus.erased:o(e)||(i.value=$(e))}r.value=!1}}} novalidate>
${b.map(([e,t,a,s])=>j`<div key=${e} class="field ${p[e]?"wrong":""}">
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
<datalist id="known-teams">${v.value.map(({teamId:e})=>j`<option key=${e} value=${e}></option>`)}</datalist>
${i.value&&j`<${x} kind="error">${i.value}<//>`}
<div class="dialog-actions">
<button type="button" onClick=${t}>${m().common.cancel}</button>
<button type="submit" class="primary" disabled=${!h}>${m().workflows.save}</button>
</div>
</form>
<//>`}var te={[E.ONLINE]:1,[E.AWAY]:2/3,[E.OFFLINE]:1/3};function ae({parts:e,start:t,end:a}){let n=e=>(e-t)/(a-t)*1e3,l=function(e){let t=new Map;for(let{status:a,from:s,to:n}of e)t.set(a,(t.get(a)??0)+n-s);return[...t].sort(([e],[t])=>e-t)}(e),i=m().person.bar(l.map(([e,t])=>`${Q(e)} ${y(t)}`).join(", "));return j`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${i}>
${e.map(({status:e,from:t,to:a})=>j`<rect
key=${t}
class="part ${R(e).toLowerCase()}"
x=${n(t)}
width=${Math.max(.5,n(a)-n(t))}
y=${28*(1-te[e])}
height=${28*te[e]}
>
<title>${`${Q(e)}: ${s(t)} – ${s(a)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${function(e,t){let a=X.find(a=>(t-e)/6e4/a<=8)??1440,s=[],n=new Date(e);n.setHours(0,0,0,0);let[l,i,o]=[n.getFullYear(),n.getMonth(),n.getDate()];for(let n=0;;n+=a){let a=new Date(l,i,o,0,n).getTime();if(a>=t)return s;a>=e&&a!==s.at(-1)&&s.push(a)}}(t,a-(a-t)/20).map(e=>j`<span key=${e} style=${{left:n(e)/10+"%"}}>${function(e,t){return t>2*b?g("mark day",{weekday:"short",day:"numeric"}).format(e):g("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,a-t)}</span>`)}
</div>
</div>
<ul class="sums">
${l.map(([e,t])=>j`<li key=${e}><${J} status=${e} /> ${y(t)}</li>`)}
</ul>`}var se=[8,24,168];function ne({id:e}){let t=m().person,a=S("");K.value;let s=U.all.get(e),n=C(!1);n.current||=void 0!==s;let l=""===e||n.current&&!s,i="live"===G.value;w(()=>{l&&e&&Y(F("person",""))},[l]),w(()=>{if(!i||l)return;let t=new AbortController,a=async()=>{if(!document.hidden)try{let{userStatus:a}=await W.getStatus({accountId:V.peek(),userId:e},{signal:t.signal});a&&z([a])}catch(e){if(!(e instanceof D))throw e;o(e)}};a();let s=setInterval(a,4e3);return document.addEventListener("visibilitychange",a),()=>{clearInterval(s),document.removeEventListener("visibilitychange",a),t.abort()}},[e,s?.revision,i,l]);let r=()=>a.value="",d=j`<p class="crumbs"><a href=${F("board")}><${N} name="back" />${t.back}</a></p>`;return"denied"===G.value?j`${d}<${L} isPage title=${m().errors.denied} />`:l?j`${d}<${L} isPage title=${t.erased} hint=${t.erasedHint} />`:s?j`${d}<${B} />
<div class=${_.value?"stale":""}>
<div class="person-head">
<${ie} person=${s} />
<${J} status=${s.status} large />
<div class="person-acts">
${p("status.write",e)&&j`<button type="button" onClick=${()=>a.value="set"}>${m().board.setSelected}</button>`}
${p("user.write",e)&&j`<button type="button" onClick=${()=>a.value="edit"}>${m().edit.open}</button>`}
${p("user.delete",e)&&j`<button type="button" class="danger quiet" onClick=${()=>a.value="erase"}>${m().erase.open}</button>`}
</div>
</div>
<${oe} person=${s} />
<${re} id=${e} person=${s} />
</div>
${"set"===a.value&&j`<${c} ids=${[e]} onClose=${r} />`}
${"edit"===a.value&&j`<${ee} person=${s} onClose=${r} />`}
${"erase"===a.value&&j`<${le} id=${e} onClose=${r} />`}`:j`${d}<${B} />
${T.value?j`<${L} isPage title=${t.unknown(I(e))} />`:j`<${M} />`}`}function le({id:t,onClose:a}){let s=m().erase;return j`<${e}
title=${s.person(n(t))}
id=${t}
parts=${[{title:s.goes,lines:s.goesOfPerson},{title:s.stays,lines:s.staysOfPerson}]}
erase=${()=>W.deleteUser({accountId:V.peek(),userId:t},{timeoutMs:6e4})}
onClose=${a}
/>`}function ie({person:{id:e,name:t,team:a}}){return j`<div>
<h1><${P}>${t||e}<//></h1>
${(t||a)&&j`<p class="hint known-as">
${t&&j`<span>${m().person.id} <${P}>${e}<//></span>`} ${a&&j`<span>${m().common.team} <${P}>${a}<//></span>`}
</p>`}
</div>`}function oe({person:e}){let t=m().person,a=q.value,{lastActivity:s}=e,n=e=>j`<${H} ms=${e} now=${a} /> <span class="hint">(${k(a-e)})</span>`,o=A(e);return j`<dl class="facts card">
<div class="whole">
<dt>${t.why}</dt>
<dd>${l(e,e.checked&&void 0!==s?a-s:void 0)}</dd>
</div>
<div><dt>${t.since}</dt><dd>${n(e.since)}</dd></div>
<div><dt>${t.last}</dt><dd>${void 0===s?t.never:n(s)}</dd></div>
<div>
<dt>${t.next}</dt>
<dd>
${o?j`<${d} person=${e} />`:t.none}
<p class="hint">${o&&r(o.cause)||" "}</p>
</dd>
</div>
<div><dt>${t.end}</dt><dd>${i(e)||t.nothing}</dd></div>
<div><dt>${t.connected}</dt><dd>${e.isConnected?m().workflows.yes:m().workflows.no}</dd></div>
<div><dt>${t.engagements}</dt><dd>${e.engagements||t.nothing}</dd></div>
</dl>`}function re({id:e,person:a}){let n=m().person,l=S(24),i=S(0),r=S(null),d=S(""),c=q.value,v=i.value||c,p=l.value*h,b=v-p,f="live"===G.value;w(()=>{if(!f)return;let a=new AbortController;return t({accountId:V.peek(),userId:e,start:b,signal:a.signal}).then(e=>{r.value={...e,start:b},d.value=""},e=>{!u(e)&&!o(e)&&(d.value=$(e))}),()=>a.abort()},[e,p,i.value,a.revision,f]);let{changes:g=[],isCapped:y=!1}=r.value??{},k=null!==r.value&&r.value.start<=b,C=e=>i.value=e<q.peek()?e:0;return j`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>C(b)}>${n.earlier}</button>
<button type="button" disabled=${!i.value} onClick=${()=>C(v+p)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${e=>l.value=Number(e.currentTarget.value)}>
${se.map(e=>j`<option value=${e} selected=${e===l.value}>${n.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${i.value>0&&j`<p role="status">${s(b,c)} – ${s(v,c)}</p>`}
${d.value&&j`<${x} kind="error">${d.value}<//>`}
${y?j`<${x} kind="warn">${n.capped}<//>`:k?j`<${ae} parts=${function(e,t,a,s){let n=[],l=(e,t,l)=>{let i=n.at(-1);t=Math.max(t,a),l=Math.min(l,s),!(e===E.UNSPECIFIED||l<=t)&&(i&&i.status===e&&i.from===l?i.from=t:n.push({status:e,from:t,to:l}))},i=1/0;for(let t of e)l(t.to,t.at,i),i=t.at;let o=e.at(-1);return o?l(o.from,-1/0,i):l(t.status,t.since,i),n.reverse()}(g,a,b,v)} start=${b} end=${v} />
<${de} changes=${g.filter(({at:e})=>e>=b&&e<v)} key=${`${p} ${i.value}`} />`:!d.value&&j`<${M} />`}
</section>`}function de({changes:e}){let t=m().person,s=S(100);return 0===e.length?j`<p class="hint">${t.noChanges}</p>`:j`<table class="plain stacked">
<caption class="visually-hidden">${t.changes}</caption>
<thead>
<tr>
<th scope="col">${m().history.time}</th>
<th scope="col">${m().history.change}</th>
<th scope="col">${m().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,s.value).map(e=>j`<tr key=${String(e.revision)}>
<td><${H} ms=${e.at} /></td>
<td><${a} change=${e} /></td>
<td class="breaks">${l(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>s.value&&j`<button type="button" class="quiet" onClick=${()=>s.value+=100}>${m().common.more(e.length-s.value)}</button>`}
<p class="hint">${m().common.zone(f)}</p>`}export{ne as a,ie as b,oe as c,re as d};