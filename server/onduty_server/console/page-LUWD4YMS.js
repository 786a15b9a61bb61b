import{b as e,c as t,d as a}from"./chunk-UECJN3GL.js";import"./chunk-LOQVQVTV.js";import"./chunk-2GTW4N6C.js";import"./chunk-KGN7VLIY.js";import"./chunk-R7VD77KL.js";import{$ as s,Da as n,E as u,F as r,H as i,Ia as l,M as o,Ra as c,Ta as d,Y as $,c as v,d as p,h as m,o as h,oa as k,pa as f,qa as b,r as g,wa as j,xa as w}from"./chunk-HCHKTJTM.js";function y({id:e}){let t=p(null);return v(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",r.peek()),a.setAttribute("user-id",e),a.token=()=>i()??void 0;let s=!1;return import("./agent.js").then(()=>s||t.current?.append(a)).catch(()=>{}),()=>{s=!0,a.remove()}},[e]),g`<div ref=${t}></div>`}function I({id:i}){let p=s(),I=m(!1),L=m(!1),C=m("");w.value;let E=j.all.get(i);v(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await u.getStatus({accountId:r.peek(),userId:i});e&&n([e]),C.value="",L.value=!1}catch(e){if(!(e instanceof h))throw e;if(o(e))return;L.value="not_found"===e.code,L.value&&j.clear(),C.value=L.value?"":c(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[i]);let T=$("activity.write",i)&&$("status.write",i),V=$("status.write",i)&&g`<button type="button" onClick=${()=>I.value=!0}>${p.board.setSelected}</button>`;return g`${C.value&&g`<${k} kind="error">${C.value}<//>`}
${E?g`<div class=${C.value?"stale":""}>
<div class="person-head">
<${e} person=${E} />
${T?g`<${y} id=${i} />`:g`<${l} status=${E.status} large />`}
${V}
</div>
<${t} person=${E} />
<${a} id=${i} person=${E} />
</div>`:L.value?g`<${f} isPage title=${p.person.unseenYet}>${T?g`<${y} id=${i} />`:V}<//>`:!C.value&&g`<${b} />`}
${I.value&&g`<${d} ids=${[i]} onClose=${()=>I.value=!1} />`}`}export{I as OwnPage};