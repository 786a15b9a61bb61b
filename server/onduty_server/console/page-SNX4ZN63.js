import{b as e,c as t,d as a}from"./chunk-YFANREFQ.js";import"./chunk-TX3DVHRS.js";import"./chunk-KDT6XFGW.js";import{A as s,F as n,Ha as u,Ja as i,R as r,U as l,b as o,c as d,d as c,fa as $,ga as v,ha as p,i as m,l as h,na as f,oa as b,ua as g,x as k,y,ya as w}from"./chunk-DHX72GBH.js";function j({id:e}){let t=d(null);return o(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",y.peek()),a.setAttribute("user-id",e),a.token=()=>s()??void 0;let n=!1;return import("./agent.js").then(()=>n||t.current?.append(a)).catch(()=>{}),()=>{n=!0,a.remove()}},[e]),h`<div ref=${t}></div>`}function A({id:s}){let d=l(),A=c(!1),E=c(!1),F=c("");b.value;let H=f.all.get(s);o(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await k.getStatus({accountId:y.peek(),userId:s});e&&g([e]),F.value="",E.value=!1}catch(e){if(!(e instanceof m))throw e;if(n(e))return;E.value="not_found"===e.code,F.value=E.value?"":u(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[s]);let I=r("activity.write",s)&&r("status.write",s),S=r("status.write",s)&&h`<button type="button" onClick=${()=>A.value=!0}>${d.board.setSelected}</button>`;return h`${F.value&&h`<${$} kind="error">${F.value}<//>`}
${H?h`<div class=${F.value?"stale":""}>
<div class="person-head">
<${e} person=${H} />
${I?h`<${j} id=${s} />`:h`<${w} status=${H.status} large />`}
${S}
</div>
<${t} person=${H} />
<${a} id=${s} person=${H} />
</div>`:E.value?h`<${v} isPage title=${d.person.unseenYet}>${I?h`<${j} id=${s} />`:S}<//>`:!F.value&&h`<${p} />`}
${A.value&&h`<${i} ids=${[s]} onClose=${()=>A.value=!1} />`}`}export{A as OwnPage};