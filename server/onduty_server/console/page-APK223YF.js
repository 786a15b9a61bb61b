import{b as e,c as t,d as a}from"./chunk-UDYXE6AH.js";import"./chunk-M6SHV5X4.js";import"./chunk-YXQAI3RX.js";import{A as s,F as n,Ha as u,Ja as i,R as r,U as l,b as o,c as d,d as c,fa as $,ga as v,ha as p,i as m,l as h,na as f,oa as b,ua as g,x as k,y,ya as w}from"./chunk-2N5IVAFG.js";function A({id:e}){let t=d(null);return o(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",y.peek()),a.setAttribute("user-id",e),a.token=()=>s()??void 0;let n=!1;return import("./agent.js").then(()=>n||t.current?.append(a)).catch(()=>{}),()=>{n=!0,a.remove()}},[e]),h`<div ref=${t}></div>`}function I({id:s}){let d=l(),I=c(!1),j=c(!1),E=c("");b.value;let S=f.all.get(s);o(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await k.getStatus({accountId:y.peek(),userId:s});e&&g([e]),E.value="",j.value=!1}catch(e){if(!(e instanceof m))throw e;if(n(e))return;j.value="not_found"===e.code,E.value=j.value?"":u(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[s]);let X=r("activity.write",s)&&r("status.write",s),H=r("status.write",s)&&h`<button type="button" onClick=${()=>I.value=!0}>${d.board.setSelected}</button>`;return h`${E.value&&h`<${$} kind="error">${E.value}<//>`}
${S?h`<div class=${E.value?"stale":""}>
<div class="person-head">
<${e} person=${S} />
${X?h`<${A} id=${s} />`:h`<${w} status=${S.status} large />`}
${H}
</div>
<${t} person=${S} />
<${a} id=${s} person=${S} />
</div>`:j.value?h`<${v} isPage title=${d.person.unseenYet}>${X?h`<${A} id=${s} />`:H}<//>`:!E.value&&h`<${p} />`}
${I.value&&h`<${i} ids=${[s]} onClose=${()=>I.value=!1} />`}`}export{I as OwnPage};