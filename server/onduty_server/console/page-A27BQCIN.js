import{b as e,c as t,d as a}from"./chunk-3RQ3ASDX.js";import"./chunk-LWYCIE7L.js";import"./chunk-5JMWDUL2.js";import"./chunk-7DJYEM2D.js";import{$ as s,Da as n,E as u,F as r,H as i,Ia as l,M as o,Ra as c,Ta as d,Y as $,c as v,d as p,h as m,o as h,oa as f,pa as k,qa as b,r as g,wa as w,xa as y}from"./chunk-MA6OEORC.js";function E({id:e}){let t=p(null);return v(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",r.peek()),a.setAttribute("user-id",e),a.token=()=>i()??void 0;let s=!1;return import("./agent.js").then(()=>s||t.current?.append(a)).catch(()=>{}),()=>{s=!0,a.remove()}},[e]),g`<div ref=${t}></div>`}function j({id:i}){let p=s(),j=m(!1),I=m(!1),D=m("");y.value;let L=w.all.get(i);v(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await u.getStatus({accountId:r.peek(),userId:i});e&&n([e]),D.value="",I.value=!1}catch(e){if(!(e instanceof h))throw e;if(o(e))return;I.value="not_found"===e.code,I.value&&w.clear(),D.value=I.value?"":c(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[i]);let A=$("activity.write",i)&&$("status.write",i),C=$("status.write",i)&&g`<button type="button" onClick=${()=>j.value=!0}>${p.board.setSelected}</button>`;return g`${D.value&&g`<${f} kind="error">${D.value}<//>`}
${L?g`<div class=${D.value?"stale":""}>
<div class="person-head">
<${e} person=${L} />
${A?g`<${E} id=${i} />`:g`<${l} status=${L.status} large />`}
${C}
</div>
<${t} person=${L} />
<${a} id=${i} person=${L} />
</div>`:I.value?g`<${k} isPage title=${p.person.unseenYet}>${A?g`<${E} id=${i} />`:C}<//>`:!D.value&&g`<${b} />`}
${j.value&&g`<${d} ids=${[i]} onClose=${()=>j.value=!1} />`}`}export{j as OwnPage};