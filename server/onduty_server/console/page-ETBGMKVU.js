import{b as e,c as t,d as a}from"./chunk-BB6TCZPW.js";import"./chunk-E6UWCCND.js";import"./chunk-HQLDOTM3.js";import"./chunk-AHR3IBP5.js";import"./chunk-SUONVRRN.js";import{$ as s,Da as n,E as u,F as r,H as i,Ia as l,M as o,Ra as c,Ta as d,Y as $,c as v,d as p,h as m,o as h,oa as k,pa as f,qa as b,r as g,wa as j,xa as w}from"./chunk-GETTYKH7.js";function y({id:e}){let t=p(null);return v(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",r.peek()),a.setAttribute("user-id",e),a.token=()=>i()??void 0;let s=!1;return import("./agent.js").then(()=>s||t.current?.append(a)).catch(()=>{}),()=>{s=!0,a.remove()}},[e]),g`<div ref=${t}></div>`}function E({id:i}){let p=s(),E=m(!1),I=m(!1),C=m("");w.value;let T=j.all.get(i);v(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await u.getStatus({accountId:r.peek(),userId:i});e&&n([e]),C.value="",I.value=!1}catch(e){if(!(e instanceof h))throw e;if(o(e))return;I.value="not_found"===e.code,I.value&&j.clear(),C.value=I.value?"":c(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[i]);let H=$("activity.write",i)&&$("status.write",i),P=$("status.write",i)&&g`<button type="button" onClick=${()=>E.value=!0}>${p.board.setSelected}</button>`;return g`${C.value&&g`<${k} kind="error">${C.value}<//>`}
${T?g`<div class=${C.value?"stale":""}>
<div class="person-head">
<${e} person=${T} />
${H?g`<${y} id=${i} />`:g`<${l} status=${T.status} large />`}
${P}
</div>
<${t} person=${T} />
<${a} id=${i} person=${T} />
</div>`:I.value?g`<${f} isPage title=${p.person.unseenYet}>${H?g`<${y} id=${i} />`:P}<//>`:!C.value&&g`<${b} />`}
${E.value&&g`<${d} ids=${[i]} onClose=${()=>E.value=!1} />`}`}export{E as OwnPage};