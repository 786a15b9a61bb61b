import{a as e}from"./chunk-PEX6FZ2F.js";import{a as t,c as a}from"./chunk-KWNBQJY6.js";import{$ as s,Da as n,Ea as l,Fa as i,G as o,Ga as r,Ha as d,Ia as $,Ja as u,Ka as c,La as v,S as p,V as m,X as h,Y as b,Z as f,_ as g,aa as y,ba as k,c as w,d as C,da as I,e as N,ea as S,f as E,ga as L,ha as x,ia as F,j as M,ja as P,ka as j,la as A,m as D,na as H,oa as O,p as U,pa as W,qa as T,ra as Y,s as _,sa as q,ua as z,va as B,wa as J,xa as K,y as G,ya as R,z as X,za as Z}from"./chunk-WIWLIJCN.js";var Q=[10,30,60,120,240,720,1440],V=e=>(new TextEncoder).encode(e).length;function ee({person:e,onClose:t}){let a=m().edit,s=N(e.name),l=N(e.team),i=N(""),r=N(!1),d=N({name:e.name,team:e.team}),u={name:s.value.trim(),team:l.value.trim()},c=[u.name!==d.value.name&&"display_name",u.team!==d.value.team&&"team_id"].filter(Boolean),p={name:V(u.name)>256?a.tooLong(256):"",team:V(u.team)>128?a.tooLong(128):""},h=c.length>0&&!p.name&&!p.team&&!r.value,b=[["name",a.name,a.nameHint,s],["team",m().common.team,a.teamHint,l]];return D`<${j} title=${a.title(n(e.id))} onClose=${t}>
<form onSubmit=${async a=>{if(a.preventDefault(),h){r.value=!0,i.value="";try{let a={accountId:X.peek(),userId:e.id,displayName:u.name,teamId:u.team},{userStatus:s}=await G.updateUser({user:a,updateMask:{paths:c}});s&&B([s]),t()}catch(e){e instanceof M&&"USER_UNKNOWN"===e.reason?i.value=m().setStatus.erased:o(e)||(i.value=$(e))}r.value=!1}}} novalidate>
${b.map(([e,t,a,s])=>D`<div key=${e} class="field ${p[e]?"wrong":""}">
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
<datalist id="known-teams">${v.value.map(({teamId:e})=>D`<option key=${e} value=${e}></option>`)}</datalist>
${i.value&&D`<${L} kind="error">${i.value}<//>`}
<div class="dialog-actions">
<button type="button" onClick=${t}>${m().common.cancel}</button>
<button type="submit" class="primary" disabled=${!h}>${m().workflows.save}</button>
</div>
</form>
<//>`}var te={[E.ONLINE]:1,[E.AWAY]:2/3,[E.OFFLINE]:1/3};function ae({parts:e,start:t,end:a}){let n=e=>(e-t)/(a-t)*1e3,l=function(e){let t=new Map;for(let{status:a,from:s,to:n}of e)t.set(a,(t.get(a)??0)+n-s);return[...t].sort(([e],[t])=>e-t)}(e),i=m().person.bar(l.map(([e,t])=>`${R(e)} ${y(t)}`).join(", "));return D`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${i}>
${e.map(({status:e,from:t,to:a})=>D`<rect
key=${t}
class="part ${K(e).toLowerCase()}"
x=${n(t)}
width=${Math.max(.5,n(a)-n(t))}
y=${28*(1-te[e])}
height=${28*te[e]}
>
<title>${`${R(e)}: ${s(t)} – ${s(a)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${function(e,t){let a=Q.find(a=>(t-e)/6e4/a<=8)??1440,s=[],n=new Date(e);n.setHours(0,0,0,0);let[l,i,o]=[n.getFullYear(),n.getMonth(),n.getDate()];for(let n=0;;n+=a){let a=new Date(l,i,o,0,n).getTime();if(a>=t)return s;a>=e&&a!==s.at(-1)&&s.push(a)}}(t,a-(a-t)/20).map(e=>D`<span key=${e} style=${{left:n(e)/10+"%"}}>${function(e,t){return t>2*b?g("mark day",{weekday:"short",day:"numeric"}).format(e):g("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,a-t)}</span>`)}
</div>
</div>
<ul class="sums">
${l.map(([e,t])=>D`<li key=${e}><${Z} status=${e} /> ${y(t)}</li>`)}
</ul>`}var se=[8,24,168];function ne({id:e}){let t=m().person,a=N("");W.value;let s=O.all.get(e),n=C(!1);n.current||=void 0!==s;let l=""===e||n.current&&!s,i="live"===T.value;w(()=>{l&&e&&_(U("person",""))},[l]),w(()=>{if(!i||l)return;let t=new AbortController,a=async()=>{if(!document.hidden)try{let{userStatus:a}=await G.getStatus({accountId:X.peek(),userId:e},{signal:t.signal});a&&B([a])}catch(e){if(!(e instanceof M))throw e;o(e)}};a();let s=setInterval(a,4e3);return document.addEventListener("visibilitychange",a),()=>{clearInterval(s),document.removeEventListener("visibilitychange",a),t.abort()}},[e,s?.revision,i,l]);let r=()=>a.value="",d=D`<p class="crumbs"><a href=${U("board")}><${S} name="back" />${t.back}</a></p>`;return"denied"===T.value?D`${d}<${x} isPage title=${m().errors.denied} />`:l?D`${d}<${x} isPage title=${t.erased} hint=${t.erasedHint} />`:s?D`${d}<${J} />
<div class=${q.value?"stale":""}>
<div class="person-head">
<${ie} person=${s} />
<${Z} status=${s.status} large />
<div class="person-acts">
${p("status.write",e)&&D`<button type="button" onClick=${()=>a.value="set"}>${m().board.setSelected}</button>`}
${p("user.write",e)&&D`<button type="button" onClick=${()=>a.value="edit"}>${m().edit.open}</button>`}
${p("user.delete",e)&&D`<button type="button" class="danger quiet" onClick=${()=>a.value="erase"}>${m().erase.open}</button>`}
</div>
</div>
<${oe} person=${s} />
<${re} id=${e} person=${s} />
</div>
${"set"===a.value&&D`<${c} ids=${[e]} onClose=${r} />`}
${"edit"===a.value&&D`<${ee} person=${s} onClose=${r} />`}
${"erase"===a.value&&D`<${le} id=${e} onClose=${r} />`}`:D`${d}<${J} />
${Y.value?D`<${x} isPage title=${t.unknown(I(e))} />`:D`<${F} />`}`}function le({id:t,onClose:a}){let s=m().erase;return D`<${e}
title=${s.person(n(t))}
id=${t}
parts=${[{title:s.goes,lines:s.goesOfPerson},{title:s.stays,lines:s.staysOfPerson}]}
erase=${()=>G.deleteUser({accountId:X.peek(),userId:t},{timeoutMs:6e4})}
onClose=${a}
/>`}function ie({person:{id:e,name:t,team:a}}){return D`<div>
<h1><${A}>${t||e}<//></h1>
${(t||a)&&D`<p class="hint known-as">
${t&&D`<span>${m().person.id} <${A}>${e}<//></span>`} ${a&&D`<span>${m().common.team} <${A}>${a}<//></span>`}
</p>`}
</div>`}function oe({person:e}){let t=m().person,a=z.value,{lastActivity:s}=e,n=e=>D`<${P} ms=${e} now=${a} /> <span class="hint">(${k(a-e)})</span>`,o=H(e);return D`<dl class="facts card">
<div class="whole">
<dt>${t.why}</dt>
<dd>${l(e,e.checked&&void 0!==s?a-s:void 0)}</dd>
</div>
<div><dt>${t.since}</dt><dd>${n(e.since)}</dd></div>
<div><dt>${t.last}</dt><dd>${void 0===s?t.never:n(s)}</dd></div>
<div>
<dt>${t.next}</dt>
<dd>
${o?D`<${d} person=${e} />`:t.none}
<p class="hint">${o&&r(o.cause)||" "}</p>
</dd>
</div>
<div><dt>${t.end}</dt><dd>${i(e)||t.nothing}</dd></div>
<div><dt>${t.connected}</dt><dd>${e.isConnected?m().workflows.yes:m().workflows.no}</dd></div>
<div><dt>${t.engagements}</dt><dd>${e.engagements||t.nothing}</dd></div>
</dl>`}function re({id:e,person:a}){let n=m().person,l=N(24),i=N(0),r=N(null),d=N(""),c=z.value,v=i.value||c,p=l.value*h,b=v-p,f="live"===T.value;w(()=>{if(!f)return;let a=new AbortController;return t({accountId:X.peek(),userId:e,start:b,signal:a.signal}).then(e=>{r.value={...e,start:b},d.value=""},e=>{!u(e)&&!o(e)&&(d.value=$(e))}),()=>a.abort()},[e,p,i.value,a.revision,f]);let{changes:g=[],isCapped:y=!1}=r.value??{},k=null!==r.value&&r.value.start<=b,C=e=>i.value=e<z.peek()?e:0;return D`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>C(b)}>${n.earlier}</button>
<button type="button" disabled=${!i.value} onClick=${()=>C(v+p)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${e=>l.value=Number(e.currentTarget.value)}>
${se.map(e=>D`<option value=${e} selected=${e===l.value}>${n.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${i.value>0&&D`<p role="status">${s(b,c)} – ${s(v,c)}</p>`}
${d.value&&D`<${L} kind="error">${d.value}<//>`}
${y?D`<${L} kind="warn">${n.capped}<//>`:k?D`<${ae} parts=${function(e,t,a,s){let n=[],l=(e,t,l)=>{let i=n.at(-1);t=Math.max(t,a),l=Math.min(l,s),!(e===E.UNSPECIFIED||l<=t)&&(i&&i.status===e&&i.from===l?i.from=t:n.push({status:e,from:t,to:l}))},i=1/0;for(let t of e)l(t.to,t.at,i),i=t.at;let o=e.at(-1);return o?l(o.from,-1/0,i):l(t.status,t.since,i),n.reverse()}(g,a,b,v)} start=${b} end=${v} />
<${de} changes=${g.filter(({at:e})=>e>=b&&e<v)} key=${`${p} ${i.value}`} />`:!d.value&&D`<${F} />`}
</section>`}function de({changes:e}){let t=m().person,s=N(100);return 0===e.length?D`<p class="hint">${t.noChanges}</p>`:D`<table class="plain stacked">
<caption class="visually-hidden">${t.changes}</caption>
<thead>
<tr>
<th scope="col">${m().history.time}</th>
<th scope="col">${m().history.change}</th>
<th scope="col">${m().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,s.value).map(e=>D`<tr key=${String(e.revision)}>
<td><${P} ms=${e.at} /></td>
<td><${a} change=${e} /></td>
<td class="breaks">${l(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>s.value&&D`<button type="button" class="quiet" onClick=${()=>s.value+=100}>${m().common.more(e.length-s.value)}</button>`}
<p class="hint">${m().common.zone(f)}</p>`}export{ne as a,ie as b,oe as c,re as d};