import{b as e,c as t,d as a}from"./chunk-XNCGKA2G.js";import"./chunk-TQ465ZK4.js";import"./chunk-72WJHN2R.js";import"./chunk-4WHCZEP3.js";import"./chunk-RLNKGPYT.js";import{$ as s,Da as n,E as u,F as r,H as i,Ia as l,M as o,Ra as c,Ta as d,Y as $,c as v,d as p,h as m,o as h,oa as k,pa as f,qa as b,r as g,wa as j,xa as w}from"./chunk-2RMJNR7X.js";function y({id:e}){let t=p(null);return v(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",r.peek()),a.setAttribute("user-id",e),a.token=()=>i()??void 0;let s=!1;return import("./agent.js").then(()=>s||t.current?.append(a)).catch(()=>{}),()=>{s=!0,a.remove()}},[e]),g`<div ref=${t}></div>`}function E({id:i}){let p=s(),E=m(!1),I=m(!1),R=m("");w.value;let C=j.all.get(i);v(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await u.getStatus({accountId:r.peek(),userId:i});e&&n([e]),R.value="",I.value=!1}catch(e){if(!(e instanceof h))throw e;if(o(e))return;I.value="not_found"===e.code,I.value&&j.clear(),R.value=I.value?"":c(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[i]);let N=$("activity.write",i)&&$("status.write",i),P=$("status.write",i)&&g`<button type="button" onClick=${()=>E.value=!0}>${p.board.setSelected}</button>`;return g`${R.value&&g`<${k} kind="error">${R.value}<//>`}
${C?g`<div class=${R.value?"stale":""}>
<div class="person-head">
<${e} person=${C} />
${N?g`<${y} id=${i} />`:g`<${l} status=${C.status} large />`}
${P}
</div>
<${t} person=${C} />
<${a} id=${i} person=${C} />
</div>`:I.value?g`<${f} isPage title=${p.person.unseenYet}>${N?g`<${y} id=${i} />`:P}<//>`:!R.value&&g`<${b} />`}
${E.value&&g`<${d} ids=${[i]} onClose=${()=>E.value=!1} />`}`}export{E as OwnPage};