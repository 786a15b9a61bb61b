import{b as e,c as t,d as a}from"./chunk-AEL6S6XN.js";import"./chunk-LW6DBWBD.js";import"./chunk-ISSOXT53.js";import"./chunk-YPE4ZXID.js";import"./chunk-XMYWLCYN.js";import{$ as s,Da as n,E as u,F as r,H as i,Ia as l,M as o,Ra as c,Ta as d,Y as $,c as v,d as p,h as m,o as h,oa as k,pa as f,qa as b,r as g,wa as j,xa as w}from"./chunk-LVUNQX7G.js";function y({id:e}){let t=p(null);return v(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",r.peek()),a.setAttribute("user-id",e),a.token=()=>i()??void 0;let s=!1;return import("./agent.js").then(()=>s||t.current?.append(a)).catch(()=>{}),()=>{s=!0,a.remove()}},[e]),g`<div ref=${t}></div>`}function I({id:i}){let p=s(),I=m(!1),E=m(!1),L=m("");w.value;let S=j.all.get(i);v(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await u.getStatus({accountId:r.peek(),userId:i});e&&n([e]),L.value="",E.value=!1}catch(e){if(!(e instanceof h))throw e;if(o(e))return;E.value="not_found"===e.code,E.value&&j.clear(),L.value=E.value?"":c(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[i]);let X=$("activity.write",i)&&$("status.write",i),Y=$("status.write",i)&&g`<button type="button" onClick=${()=>I.value=!0}>${p.board.setSelected}</button>`;return g`${L.value&&g`<${k} kind="error">${L.value}<//>`}
${S?g`<div class=${L.value?"stale":""}>
<div class="person-head">
<${e} person=${S} />
${X?g`<${y} id=${i} />`:g`<${l} status=${S.status} large />`}
${Y}
</div>
<${t} person=${S} />
<${a} id=${i} person=${S} />
</div>`:E.value?g`<${f} isPage title=${p.person.unseenYet}>${X?g`<${y} id=${i} />`:Y}<//>`:!L.value&&g`<${b} />`}
${I.value&&g`<${d} ids=${[i]} onClose=${()=>I.value=!1} />`}`}export{I as OwnPage};