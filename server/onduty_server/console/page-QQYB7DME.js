import{b as e,c as t,d as a}from"./chunk-FZWNP7F7.js";import"./chunk-AQRDVN3U.js";import"./chunk-J7RUEN3O.js";import"./chunk-YCNHVTU2.js";import{$ as s,Da as n,E as u,F as r,H as i,Ia as l,M as o,Ra as c,Ta as d,Y as $,c as v,d as p,h as m,o as h,oa as f,pa as k,qa as b,r as g,wa as w,xa as y}from"./chunk-RRVKQIEZ.js";function j({id:e}){let t=p(null);return v(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",r.peek()),a.setAttribute("user-id",e),a.token=()=>i()??void 0;let s=!1;return import("./agent.js").then(()=>s||t.current?.append(a)).catch(()=>{}),()=>{s=!0,a.remove()}},[e]),g`<div ref=${t}></div>`}function E({id:i}){let p=s(),E=m(!1),I=m(!1),R=m("");y.value;let N=w.all.get(i);v(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await u.getStatus({accountId:r.peek(),userId:i});e&&n([e]),R.value="",I.value=!1}catch(e){if(!(e instanceof h))throw e;if(o(e))return;I.value="not_found"===e.code,I.value&&w.clear(),R.value=I.value?"":c(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[i]);let A=$("activity.write",i)&&$("status.write",i),C=$("status.write",i)&&g`<button type="button" onClick=${()=>E.value=!0}>${p.board.setSelected}</button>`;return g`${R.value&&g`<${f} kind="error">${R.value}<//>`}
${N?g`<div class=${R.value?"stale":""}>
<div class="person-head">
<${e} person=${N} />
${A?g`<${j} id=${i} />`:g`<${l} status=${N.status} large />`}
${C}
</div>
<${t} person=${N} />
<${a} id=${i} person=${N} />
</div>`:I.value?g`<${k} isPage title=${p.person.unseenYet}>${A?g`<${j} id=${i} />`:C}<//>`:!R.value&&g`<${b} />`}
${E.value&&g`<${d} ids=${[i]} onClose=${()=>E.value=!1} />`}`}export{E as OwnPage};