import{b as e,c as t,d as a}from"./chunk-MAH2J7JI.js";import"./chunk-ZN77KWJH.js";import"./chunk-PMITIDCF.js";import{A as s,F as n,Ha as u,Ja as i,R as r,U as l,b as o,c as d,d as c,fa as $,ga as v,ha as p,i as m,l as h,na as f,oa as b,ua as g,x as k,y,ya as I}from"./chunk-35CJ5RPZ.js";function w({id:e}){let t=d(null);return o(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",y.peek()),a.setAttribute("user-id",e),a.token=()=>s()??void 0;let n=!1;return import("./agent.js").then(()=>n||t.current?.append(a)).catch(()=>{}),()=>{n=!0,a.remove()}},[e]),h`<div ref=${t}></div>`}function j({id:s}){let d=l(),j=c(!1),J=c(!1),A=c("");b.value;let C=f.all.get(s);o(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await k.getStatus({accountId:y.peek(),userId:s});e&&g([e]),A.value="",J.value=!1}catch(e){if(!(e instanceof m))throw e;if(n(e))return;J.value="not_found"===e.code,A.value=J.value?"":u(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[s]);let P=r("activity.write",s)&&r("status.write",s),E=r("status.write",s)&&h`<button type="button" onClick=${()=>j.value=!0}>${d.board.setSelected}</button>`;return h`${A.value&&h`<${$} kind="error">${A.value}<//>`}
${C?h`<div class=${A.value?"stale":""}>
<div class="person-head">
<${e} person=${C} />
${P?h`<${w} id=${s} />`:h`<${I} status=${C.status} large />`}
${E}
</div>
<${t} person=${C} />
<${a} id=${s} person=${C} />
</div>`:J.value?h`<${v} isPage title=${d.person.unseenYet}>${P?h`<${w} id=${s} />`:E}<//>`:!A.value&&h`<${p} />`}
${j.value&&h`<${i} ids=${[s]} onClose=${()=>j.value=!1} />`}`}export{j as OwnPage};