import{b as e,c as t,d as a}from"./chunk-WUQMZVJ5.js";import"./chunk-LC77MRNW.js";import"./chunk-65WGHJOA.js";import{A as s,F as n,Ha as u,Ja as i,R as r,U as l,b as o,c as d,d as c,fa as v,ga as $,ha as p,i as m,l as h,na as f,oa as b,ua as g,x as k,y,ya as w}from"./chunk-ZZFARS3K.js";function j({id:e}){let t=d(null);return o(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",y.peek()),a.setAttribute("user-id",e),a.token=()=>s()??void 0;let n=!1;return import("./agent.js").then(()=>n||t.current?.append(a)).catch(()=>{}),()=>{n=!0,a.remove()}},[e]),h`<div ref=${t}></div>`}function A({id:s}){let d=l(),A=c(!1),I=c(!1),S=c("");b.value;let C=f.all.get(s);o(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await k.getStatus({accountId:y.peek(),userId:s});e&&g([e]),S.value="",I.value=!1}catch(e){if(!(e instanceof m))throw e;if(n(e))return;I.value="not_found"===e.code,I.value&&f.clear(),S.value=I.value?"":u(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[s]);let E=r("activity.write",s)&&r("status.write",s),J=r("status.write",s)&&h`<button type="button" onClick=${()=>A.value=!0}>${d.board.setSelected}</button>`;return h`${S.value&&h`<${v} kind="error">${S.value}<//>`}
${C?h`<div class=${S.value?"stale":""}>
<div class="person-head">
<${e} person=${C} />
${E?h`<${j} id=${s} />`:h`<${w} status=${C.status} large />`}
${J}
</div>
<${t} person=${C} />
<${a} id=${s} person=${C} />
</div>`:I.value?h`<${$} isPage title=${d.person.unseenYet}>${E?h`<${j} id=${s} />`:J}<//>`:!S.value&&h`<${p} />`}
${A.value&&h`<${i} ids=${[s]} onClose=${()=>A.value=!1} />`}`}export{A as OwnPage};