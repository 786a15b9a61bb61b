import{b as e,c as t,d as a}from"./chunk-RIUTLLE6.js";import"./chunk-OQRUIBXI.js";import"./chunk-M6NOSDIK.js";import"./chunk-M5J22ZL6.js";import"./chunk-FQG5EZ7N.js";import{$ as s,Da as n,E as u,F as r,H as i,Ia as l,M as o,Ra as c,Ta as d,Y as $,c as v,d as p,h as m,o as h,oa as k,pa as f,qa as b,r as I,wa as g,xa as j}from"./chunk-CKQJLUM6.js";function w({id:e}){let t=p(null);return v(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",r.peek()),a.setAttribute("user-id",e),a.token=()=>i()??void 0;let s=!1;return import("./agent.js").then(()=>s||t.current?.append(a)).catch(()=>{}),()=>{s=!0,a.remove()}},[e]),I`<div ref=${t}></div>`}function y({id:i}){let p=s(),y=m(!1),E=m(!1),L=m("");j.value;let M=g.all.get(i);v(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await u.getStatus({accountId:r.peek(),userId:i});e&&n([e]),L.value="",E.value=!1}catch(e){if(!(e instanceof h))throw e;if(o(e))return;E.value="not_found"===e.code,E.value&&g.clear(),L.value=E.value?"":c(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[i]);let S=$("activity.write",i)&&$("status.write",i),C=$("status.write",i)&&I`<button type="button" onClick=${()=>y.value=!0}>${p.board.setSelected}</button>`;return I`${L.value&&I`<${k} kind="error">${L.value}<//>`}
${M?I`<div class=${L.value?"stale":""}>
<div class="person-head">
<${e} person=${M} />
${S?I`<${w} id=${i} />`:I`<${l} status=${M.status} large />`}
${C}
</div>
<${t} person=${M} />
<${a} id=${i} person=${M} />
</div>`:E.value?I`<${f} isPage title=${p.person.unseenYet}>${S?I`<${w} id=${i} />`:C}<//>`:!L.value&&I`<${b} />`}
${y.value&&I`<${d} ids=${[i]} onClose=${()=>y.value=!1} />`}`}export{y as OwnPage};