import{b as e,c as t,d as a}from"./chunk-DHP54LBD.js";import"./chunk-YLOP3IVO.js";import"./chunk-ZEGK2VJD.js";import"./chunk-BGTGPJLJ.js";import"./chunk-DEHG5BOT.js";import{$ as s,Da as n,E as u,F as r,H as i,Ia as l,M as o,Ra as c,Ta as d,Y as $,c as v,d as p,h as m,o as h,oa as k,pa as f,qa as b,r as g,wa as j,xa as w}from"./chunk-GAD443WF.js";function y({id:e}){let t=p(null);return v(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",r.peek()),a.setAttribute("user-id",e),a.token=()=>i()??void 0;let s=!1;return import("./agent.js").then(()=>s||t.current?.append(a)).catch(()=>{}),()=>{s=!0,a.remove()}},[e]),g`<div ref=${t}></div>`}function D({id:i}){let p=s(),D=m(!1),E=m(!1),I=m("");w.value;let G=j.all.get(i);v(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await u.getStatus({accountId:r.peek(),userId:i});e&&n([e]),I.value="",E.value=!1}catch(e){if(!(e instanceof h))throw e;if(o(e))return;E.value="not_found"===e.code,E.value&&j.clear(),I.value=E.value?"":c(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[i]);let L=$("activity.write",i)&&$("status.write",i),P=$("status.write",i)&&g`<button type="button" onClick=${()=>D.value=!0}>${p.board.setSelected}</button>`;return g`${I.value&&g`<${k} kind="error">${I.value}<//>`}
${G?g`<div class=${I.value?"stale":""}>
<div class="person-head">
<${e} person=${G} />
${L?g`<${y} id=${i} />`:g`<${l} status=${G.status} large />`}
${P}
</div>
<${t} person=${G} />
<${a} id=${i} person=${G} />
</div>`:E.value?g`<${f} isPage title=${p.person.unseenYet}>${L?g`<${y} id=${i} />`:P}<//>`:!I.value&&g`<${b} />`}
${D.value&&g`<${d} ids=${[i]} onClose=${()=>D.value=!1} />`}`}export{D as OwnPage};