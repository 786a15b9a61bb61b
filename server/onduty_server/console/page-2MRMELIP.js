import{b as e,c as t,d as a}from"./chunk-CM6PN7J2.js";import"./chunk-KG5XNVZS.js";import"./chunk-WNZGA3AS.js";import"./chunk-6TGZPY4E.js";import"./chunk-SQJB2OGO.js";import{$ as s,Da as n,E as u,F as r,H as i,Ia as l,M as o,Ra as c,Ta as d,Y as $,c as v,d as p,h as m,o as h,oa as k,pa as f,qa as b,r as g,wa as j,xa as w}from"./chunk-S74C7ECQ.js";function y({id:e}){let t=p(null);return v(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",r.peek()),a.setAttribute("user-id",e),a.token=()=>i()??void 0;let s=!1;return import("./agent.js").then(()=>s||t.current?.append(a)).catch(()=>{}),()=>{s=!0,a.remove()}},[e]),g`<div ref=${t}></div>`}function S({id:i}){let p=s(),S=m(!1),E=m(!1),C=m("");w.value;let I=j.all.get(i);v(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await u.getStatus({accountId:r.peek(),userId:i});e&&n([e]),C.value="",E.value=!1}catch(e){if(!(e instanceof h))throw e;if(o(e))return;E.value="not_found"===e.code,E.value&&j.clear(),C.value=E.value?"":c(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[i]);let A=$("activity.write",i)&&$("status.write",i),G=$("status.write",i)&&g`<button type="button" onClick=${()=>S.value=!0}>${p.board.setSelected}</button>`;return g`${C.value&&g`<${k} kind="error">${C.value}<//>`}
${I?g`<div class=${C.value?"stale":""}>
<div class="person-head">
<${e} person=${I} />
${A?g`<${y} id=${i} />`:g`<${l} status=${I.status} large />`}
${G}
</div>
<${t} person=${I} />
<${a} id=${i} person=${I} />
</div>`:E.value?g`<${f} isPage title=${p.person.unseenYet}>${A?g`<${y} id=${i} />`:G}<//>`:!C.value&&g`<${b} />`}
${S.value&&g`<${d} ids=${[i]} onClose=${()=>S.value=!1} />`}`}export{S as OwnPage};