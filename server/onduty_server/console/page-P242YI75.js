import{b as e,c as t,d as a}from"./chunk-LKLIAYGX.js";import"./chunk-6LWH73KS.js";import"./chunk-5A7RIWQM.js";import"./chunk-DXVW3OVD.js";import"./chunk-2YVWEEPG.js";import{$ as s,Da as n,E as u,F as r,H as i,Ia as l,M as o,Ra as c,Ta as d,Y as $,c as v,d as p,h as m,o as h,oa as k,pa as f,qa as b,r as g,wa as I,xa as j}from"./chunk-772QFQIG.js";function w({id:e}){let t=p(null);return v(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",r.peek()),a.setAttribute("user-id",e),a.token=()=>i()??void 0;let s=!1;return import("./agent.js").then(()=>s||t.current?.append(a)).catch(()=>{}),()=>{s=!0,a.remove()}},[e]),g`<div ref=${t}></div>`}function y({id:i}){let p=s(),y=m(!1),E=m(!1),L=m("");j.value;let A=I.all.get(i);v(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await u.getStatus({accountId:r.peek(),userId:i});e&&n([e]),L.value="",E.value=!1}catch(e){if(!(e instanceof h))throw e;if(o(e))return;E.value="not_found"===e.code,E.value&&I.clear(),L.value=E.value?"":c(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[i]);let S=$("activity.write",i)&&$("status.write",i),W=$("status.write",i)&&g`<button type="button" onClick=${()=>y.value=!0}>${p.board.setSelected}</button>`;return g`${L.value&&g`<${k} kind="error">${L.value}<//>`}
${A?g`<div class=${L.value?"stale":""}>
<div class="person-head">
<${e} person=${A} />
${S?g`<${w} id=${i} />`:g`<${l} status=${A.status} large />`}
${W}
</div>
<${t} person=${A} />
<${a} id=${i} person=${A} />
</div>`:E.value?g`<${f} isPage title=${p.person.unseenYet}>${S?g`<${w} id=${i} />`:W}<//>`:!L.value&&g`<${b} />`}
${y.value&&g`<${d} ids=${[i]} onClose=${()=>y.value=!1} />`}`}export{y as OwnPage};