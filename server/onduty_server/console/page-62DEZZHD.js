import{b as e,c as t,d as a}from"./chunk-EPLNDIEX.js";import"./chunk-HJVWIGVA.js";import"./chunk-MRTAY2GR.js";import"./chunk-BQKN7RVL.js";import"./chunk-FNYB4TJB.js";import{$ as s,Da as n,E as u,F as r,H as i,Ia as l,M as o,Ra as c,Ta as d,Y as $,c as v,d as p,h as m,o as h,oa as k,pa as f,qa as b,r as g,wa as j,xa as w}from"./chunk-QPBV5KOX.js";function y({id:e}){let t=p(null);return v(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",r.peek()),a.setAttribute("user-id",e),a.token=()=>i()??void 0;let s=!1;return import("./agent.js").then(()=>s||t.current?.append(a)).catch(()=>{}),()=>{s=!0,a.remove()}},[e]),g`<div ref=${t}></div>`}function I({id:i}){let p=s(),I=m(!1),E=m(!1),A=m("");w.value;let B=j.all.get(i);v(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await u.getStatus({accountId:r.peek(),userId:i});e&&n([e]),A.value="",E.value=!1}catch(e){if(!(e instanceof h))throw e;if(o(e))return;E.value="not_found"===e.code,E.value&&j.clear(),A.value=E.value?"":c(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[i]);let L=$("activity.write",i)&&$("status.write",i),P=$("status.write",i)&&g`<button type="button" onClick=${()=>I.value=!0}>${p.board.setSelected}</button>`;return g`${A.value&&g`<${k} kind="error">${A.value}<//>`}
${B?g`<div class=${A.value?"stale":""}>
<div class="person-head">
<${e} person=${B} />
${L?g`<${y} id=${i} />`:g`<${l} status=${B.status} large />`}
${P}
</div>
<${t} person=${B} />
<${a} id=${i} person=${B} />
</div>`:E.value?g`<${f} isPage title=${p.person.unseenYet}>${L?g`<${y} id=${i} />`:P}<//>`:!A.value&&g`<${b} />`}
${I.value&&g`<${d} ids=${[i]} onClose=${()=>I.value=!1} />`}`}export{I as OwnPage};